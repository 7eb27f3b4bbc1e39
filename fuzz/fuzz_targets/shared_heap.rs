//! Programs one after the other on one heap, compared with the oracle after
//! every step: what one leaves behind in pages and lists, the next one finds.
//!
//! ```text
//! cargo +nightly fuzz run shared_heap
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

fuzz_target!(|bytes: &[u8]| machine::run_here(&program::Program::decode(bytes)));
