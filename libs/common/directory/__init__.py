"""The organisation as the gateway tells of it, copied into any service that installs it.

One line in a migration (`tables.create_directory_tables(op)`) and one base class of the service's
events (`libs.common.bus.directory_copy.DirectoryCopy`). Nobody's mail address or phone is copied.
"""
