"""Customers as intake tells of them, without name or contact data, copied into whoever installs it.

One line in a migration (`tables.create_customer_table(op)`) and one base class of the service's
events (`libs.common.bus.customer_copy.CustomerCopy`).
"""
