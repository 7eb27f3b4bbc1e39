//! Nothing goes on a parameter.

use gcycle::Trace;

#[derive(Trace)]
struct Owner<#[trace(skip)] T> {
    value: T,
}

fn main() {}
