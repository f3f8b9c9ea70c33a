"""Runs the system on one machine: private servers, processes under watch, `make run`."""
