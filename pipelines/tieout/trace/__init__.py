"""From any figure to its source records: the whole chain of a job, a deal, an invoice, a payment or
an exception."""

from tieout.trace.chain import Chain, chain, chains
from tieout.trace.subject import Subject, find

__all__ = ["Chain", "Subject", "chain", "chains", "find"]
