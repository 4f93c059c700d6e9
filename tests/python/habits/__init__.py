"""Small companies with everyday habits, and the right figures of each: data to judge Tieout by."""
