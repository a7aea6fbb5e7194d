//! The definition format, its compiler and the shipped definitions.
