"""The ledger: the single truth about runs, rows, renders, slots and budgets, in one DynamoDB table.

``keys`` says where each item stands. Whatever concerns money or slots changes in transactions with
conditions, so that two functions at once, or one that dies half way, cannot leave it half done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rowshot.clock import Clock
from rowshot.ledger.histories import Histories
from rowshot.ledger.limiter import Limiter
from rowshot.ledger.line import Line
from rowshot.ledger.model_facts import ModelFacts
from rowshot.ledger.pictures import Pictures
from rowshot.ledger.renders import Renders
from rowshot.ledger.rows import Rows
from rowshot.ledger.runs import Runs
from rowshot.ledger.table import Table
from rowshot.ledger.worksheets import Sheets

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["Ledger"]


class Ledger:
    """All parts of the ledger over one table.

    Args:
        client: A boto3 DynamoDB client.
        table: The table's name.
        clock: The clock that every instant and lease comes from.
    """

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        self.table = Table(client, table)
        self.clock = clock
        self.runs = Runs(self.table, clock)
        self.rows = Rows(self.table, clock)
        self.renders = Renders(self.table, clock)
        self.pictures = Pictures(self.table)
        self.limiter = Limiter(self.table, clock)
        self.line = Line(self.table, clock)
        self.histories = Histories(self.table)
        self.sheets = Sheets(self.table, clock)
        self.models = ModelFacts(self.table)
