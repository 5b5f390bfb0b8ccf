"""What somebody attaches, made harmless: the kind by content, pictures drawn anew, recordings put together anew, documents that hold nothing active."""

from tocsin.engines.attachments.cleaning import KINDS, MOST_BYTES, Clean, cleaned, sniffed
from tocsin.engines.attachments.pictures import small

__all__ = ["KINDS", "MOST_BYTES", "Clean", "cleaned", "small", "sniffed"]
