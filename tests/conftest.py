"""Fixtures for all tests; see libs/common/testing."""

pytest_plugins = ["libs.common.testing.fixtures"]
