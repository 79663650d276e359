"""The writes of collection: taking money, taking it back, counting prints."""

from app.collection.operations.payment import (
    AlreadySettled,
    KeyReused,
    NothingChosen,
    pay,
)
from app.collection.operations.receipts import TooLateToVoid, count_print, void

__all__ = ["AlreadySettled", "KeyReused", "NothingChosen", "TooLateToVoid", "count_print", "pay", "void"]
