//! Where master credentials live: OS keychain, encrypted file, memory.
