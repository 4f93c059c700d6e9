"""From any figure to its source records: the whole chain of a job, a deal, an invoice, a payment or an exception."""

from pipelines.trace.chain import Chain, chain, chains
from pipelines.trace.subject import Subject, find

__all__ = ["Chain", "Subject", "chain", "chains", "find"]
