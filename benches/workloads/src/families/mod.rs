//! The workloads, one family a file.

pub mod allocation;
pub mod ends;
pub mod graphs;
pub mod lists;
pub mod live;
pub mod programs;
pub mod rings;
pub mod space;
pub mod trees;
pub mod weak;
