//! Recorders, faults and temporary profiles for tests.
