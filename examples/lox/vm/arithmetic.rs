//! Numbers, strings and comparisons.
//!
//! The frequent case of each, two numbers, works in place on the stack.

use core::mem;

use crate::chunk::Test;
use crate::object::Str;
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::error::{ErrorKind, RuntimeError};

impl Vm {
    /// Replaces the two topmost numbers by what `calculate` makes of them.
    #[inline(always)]
    pub(super) fn calculate(
        &mut self,
        calculate: impl FnOnce(f64, f64) -> f64,
    ) -> Result<(), RuntimeError> {
        self.combine(|left, right| Value::from(calculate(left, right)))
    }

    /// Replaces the two topmost numbers by what `compare` says of them.
    #[inline(always)]
    pub(super) fn compare(
        &mut self,
        compare: impl FnOnce(f64, f64) -> bool,
    ) -> Result<(), RuntimeError> {
        self.combine(|left, right| Value::from(compare(left, right)))
    }

    #[inline(always)]
    fn combine(&mut self, combine: impl FnOnce(f64, f64) -> Value) -> Result<(), RuntimeError> {
        let [.., Value::Number(left), Value::Number(right)] = self.stack.as_slice() else {
            return Err(ErrorKind::OperandsNotNumbers.into());
        };
        let combined = combine(left.get(), right.get());
        self.pop().discard();
        self.replace_top(combined);
        Ok(())
    }

    /// Adds the two topmost values: numbers or strings.
    #[inline(always)]
    pub(super) fn add(&mut self) -> Result<(), RuntimeError> {
        if let [.., Value::Number(left), Value::Number(right)] = self.stack.as_slice() {
            let sum = left.get() + right.get();
            self.pop().discard();
            self.replace_top(Value::from(sum));
            return Ok(());
        }
        self.concatenate()
    }

    /// Adds a constant to the topmost value.
    #[inline(always)]
    pub(super) fn add_constant(&mut self, constant: &Value) -> Result<(), RuntimeError> {
        if let (Value::Number(left), Value::Number(right)) = (self.top(), constant) {
            let sum = left.get() + right.get();
            self.replace_top(Value::from(sum));
            return Ok(());
        }
        self.push(constant.clone());
        self.concatenate()
    }

    /// Pushes the sum of the value in `slot` and a constant.
    #[inline(always)]
    pub(super) fn add_to(&mut self, slot: usize, constant: &Value) -> Result<(), RuntimeError> {
        if let (Value::Number(left), Value::Number(right)) = (&self.stack[slot], constant) {
            let sum = left.get() + right.get();
            self.push(Value::from(sum));
            return Ok(());
        }
        self.push(self.stack[slot].clone());
        self.push(constant.clone());
        self.concatenate()
    }

    /// Subtracts a constant from the topmost number.
    #[inline(always)]
    pub(super) fn subtract_constant(&mut self, constant: &Value) -> Result<(), RuntimeError> {
        let (Value::Number(left), Value::Number(right)) = (self.top(), constant) else {
            return Err(ErrorKind::OperandsNotNumbers.into());
        };
        let difference = left.get() - right.get();
        self.replace_top(Value::from(difference));
        Ok(())
    }

    /// Pushes the difference of the number in `slot` and a constant.
    #[inline(always)]
    pub(super) fn subtract_from(
        &mut self,
        slot: usize,
        constant: &Value,
    ) -> Result<(), RuntimeError> {
        let (Value::Number(left), Value::Number(right)) = (&self.stack[slot], constant) else {
            return Err(ErrorKind::OperandsNotNumbers.into());
        };
        let difference = left.get() - right.get();
        self.push(Value::from(difference));
        Ok(())
    }

    #[inline(never)]
    fn concatenate(&mut self) -> Result<(), RuntimeError> {
        let [.., Value::String(left), Value::String(right)] = self.stack.as_slice() else {
            return Err(ErrorKind::OperandsNotAddable.into());
        };
        let both = Str::concat(left.text(), right.text());
        self.pop().discard();
        self.replace_top(Value::String(both));
        Ok(())
    }

    /// Replaces the topmost number by its negative.
    #[inline(always)]
    pub(super) fn negate(&mut self) -> Result<(), RuntimeError> {
        let Value::Number(number) = self.top() else {
            return Err(ErrorKind::OperandNotNumber.into());
        };
        let negative = -number.get();
        self.replace_top(Value::from(negative));
        Ok(())
    }

    /// Replaces the two topmost values by whether they are equal.
    #[inline(always)]
    pub(super) fn equal(&mut self) {
        let right = self.pop();
        let left = self.pop();
        self.push(Value::from(left == right));
        left.discard();
        right.discard();
    }

    /// Replaces the topmost value.
    #[inline(always)]
    pub(super) fn replace_top(&mut self, value: Value) {
        if let Some(top) = self.stack.last_mut() {
            mem::replace(top, value).discard();
        }
    }
}

/// Whether `test` holds of the two values.
#[inline(always)]
pub(super) fn holds(test: Test, left: &Value, right: &Value) -> Result<bool, RuntimeError> {
    let (Value::Number(left), Value::Number(right)) = (left, right) else {
        return match test {
            Test::Equal => Ok(left == right),
            Test::NotEqual => Ok(left != right),
            _ => Err(ErrorKind::OperandsNotNumbers.into()),
        };
    };
    let holds = match test {
        Test::Equal | Test::NotEqual => left == right,
        Test::Less | Test::NotLess => left < right,
        Test::Greater | Test::NotGreater => left > right,
    };
    // "Not less" is not "greater or equal": one may be no number.
    Ok(holds != matches!(test, Test::NotEqual | Test::NotLess | Test::NotGreater))
}
