//! The workloads and the libraries they run on, and the process that runs one
//! pair of them.

pub mod catalogue;
pub mod families;
pub mod libraries;
pub mod library;
pub mod meter;
pub mod process;
mod shapes;
pub mod worker;
