//! `Lib/test/test_finalization.py`: finalizers by the rules of PEP 442. A
//! module for each of its classes, as two of them have cases of one name.

mod subjects;

pub(crate) mod cycle_chain;
pub(crate) mod legacy;
pub(crate) mod self_cycle;
pub(crate) mod simple;
