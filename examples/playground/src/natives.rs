//! Functions that Lox programs can call and Rust provides; here with the clock of the browser.

use std::sync::LazyLock;

use web_time::Instant;

use crate::globals::Globals;
use crate::object::{Name, Native};
use crate::value::Value;

/// Defines all native functions.
pub(crate) fn define_natives(globals: &mut Globals) {
    LazyLock::force(&START);
    let slot = globals.slot(&Name::new("clock"));
    globals.define(slot, Value::Native(Native::new(clock)));
}

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// `clock()`: the seconds since the first session began.
fn clock(_arguments: &[Value]) -> Value {
    Value::from(START.elapsed().as_secs_f64())
}
