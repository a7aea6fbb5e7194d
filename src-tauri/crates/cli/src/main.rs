//! vk
fn main() {}
