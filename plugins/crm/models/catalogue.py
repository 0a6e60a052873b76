"""All entities of the CRM, in the order their tables are made."""

from __future__ import annotations

from weft.plugins.crm.models.accounts import Account, Contact
from weft.plugins.crm.models.activities import Activity
from weft.plugins.crm.models.allocation import AllocationRule
from weft.plugins.crm.models.collision import CustomerRequest, Duplicate, Registration
from weft.plugins.crm.models.deals import DealLine, Opportunity, Pipeline, Stage
from weft.plugins.crm.models.leads import Lead, WebForm
from weft.plugins.crm.models.planning import ForecastSnapshot, Target
from weft.plugins.crm.models.pools import Pool, PoolMove, PoolRule
from weft.plugins.crm.models.products import Price, PriceList, Product

__all__ = ["ENTITIES"]

ENTITIES = [
    Account, Contact, Pipeline, Stage, Opportunity, Activity, Product, PriceList, Price, DealLine, Lead, WebForm,
    Pool, PoolRule, PoolMove, AllocationRule, Registration, CustomerRequest, Duplicate, Target, ForecastSnapshot,
]  # fmt: skip
