//! What can be measured alone. Each gives its figures as JSON, of which the page is made.

pub(super) mod desktop;
pub(super) mod latency;
pub(super) mod load;
pub(super) mod revoke;
pub(super) mod start;
