"""The contract-recruitment arm of the demo company: Northgate People B.V., which arrives as import
files."""

from tieout_demo.recruitment.arm import Recruitment

__all__ = ["Recruitment"]
