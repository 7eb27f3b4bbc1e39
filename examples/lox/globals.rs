//! Global variables: names become slots when a program is compiled, so that
//! running it looks nothing up.
//!
//! A name has its slot from the first time a program mentions it; until the
//! definition ran, the slot holds [`Value::Absent`]. The prompt keeps the
//! globals from one line to the next.

use alloc::vec::Vec;
use core::mem;

use gcycle::Trace;
use rustc_hash::FxHashMap;

use crate::object::Name;
use crate::value::Value;

/// The global variables of a session.
#[derive(Default, Trace)]
#[cfg_attr(feature = "isolates", trace(movable))]
pub(crate) struct Globals {
    slots: FxHashMap<Name, u32>,
    values: Vec<Value>,
}

impl Globals {
    /// The slot of the variable `name`.
    pub(crate) fn slot(&mut self, name: &Name) -> u32 {
        if let Some(&slot) = self.slots.get(name) {
            return slot;
        }
        let slot = u32::try_from(self.values.len()).expect("fewer than 2^32 globals");
        self.values.push(Value::Absent);
        self.slots.insert(name.clone(), slot);
        slot
    }

    /// The value of the variable in `slot`, if it is defined.
    #[inline]
    pub(crate) fn get(&self, slot: u32) -> Option<&Value> {
        let value = &self.values[slot as usize];
        (!value.is_absent()).then_some(value)
    }

    /// Defines the variable in `slot`, again if it was.
    pub(crate) fn define(&mut self, slot: u32, value: Value) {
        self.values[slot as usize] = value;
    }

    /// Assigns to the variable in `slot`; `None` if it is not defined.
    #[inline]
    pub(crate) fn assign(&mut self, slot: u32, value: Value) -> Option<()> {
        let variable = &mut self.values[slot as usize];
        if variable.is_absent() {
            return None;
        }
        mem::replace(variable, value).discard();
        Some(())
    }
}
