//! Programs on a heap of their own, compared with the oracle after every step:
//! the same as `tests/model`, driven by coverage.
//!
//! ```text
//! cargo +nightly fuzz run model
//! ```

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/model/machine.rs"]
mod machine;
#[path = "../../tests/model/oracle.rs"]
mod oracle;
#[path = "../../tests/model/program.rs"]
mod program;
#[path = "../../tests/model/values.rs"]
mod values;

fuzz_target!(|bytes: &[u8]| machine::run_alone(&program::Program::decode(bytes)));
