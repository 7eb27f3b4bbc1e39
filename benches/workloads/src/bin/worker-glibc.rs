//! The worker on the system's allocator.

use std::process::ExitCode;

fn main() -> ExitCode {
    gcycle_workloads::worker::main()
}
