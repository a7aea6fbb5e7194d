//! What can be measured alone. Each gives its figures as JSON, of which the page is made.

pub(super) mod criterion;
pub(super) mod desktop;
pub(super) mod events;
pub(super) mod latency;
pub(super) mod load;
pub(super) mod memory;
pub(super) mod revoke;
pub(super) mod scale;
pub(super) mod start;
pub(super) mod tls;
pub(super) mod transfer;
