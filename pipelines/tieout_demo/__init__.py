"""The demo company Northgate and the servers of its systems. Nothing in `tieout` imports it."""
