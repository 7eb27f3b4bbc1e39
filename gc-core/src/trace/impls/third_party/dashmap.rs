//! `dashmap` 6: hash maps that threads share.
//!
//! To look into one, a trace would have to wait for other threads. So the contents must be
//! [`Acyclic`], as what is sent to another thread always is.

use dashmap_6::{DashMap, DashSet};

use crate::trace::contract::Acyclic;

leaves! {
    asks:
    {K: Acyclic, V: Acyclic, S} DashMap<K, V, S>,
    {K: Acyclic, S} DashSet<K, S>,
}
