//! Calls and returns, closures and the variables they capture.

use core::mem;

use gcycle::Gc;

use crate::object::{Capture, Closure, Function, Instance, Upvalue};
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::error::{ErrorKind, RuntimeError};

/// A call that can begin: its arguments lie on the stack.
pub(super) struct Callee {
    pub(super) closure: Gc<Closure>,
    pub(super) base: usize,
}

impl Vm {
    /// Where the called value lies on the stack: under its arguments.
    #[inline(always)]
    pub(super) fn callee_slot(&self, arguments: u8) -> usize {
        self.stack.len() - 1 - usize::from(arguments)
    }

    /// Calls the value under the arguments.
    ///
    /// Returns the call to run if it is one in Lox; otherwise it is done, and
    /// its result in place of value and arguments.
    #[inline(always)]
    pub(super) fn call(&mut self, arguments: u8) -> Result<Option<Callee>, RuntimeError> {
        let callee = self.callee_slot(arguments);
        // The closure moves from the stack into the call: its slot belongs to
        // the callee, which cannot name it.
        match mem::take(&mut self.stack[callee]) {
            Value::Closure(closure) => self.enter(closure, arguments).map(Some),
            other => self.call_other(other, arguments),
        }
    }

    #[inline(never)]
    fn call_other(&mut self, callee: Value, arguments: u8) -> Result<Option<Callee>, RuntimeError> {
        let slot = self.callee_slot(arguments);
        match callee {
            Value::Class(class) => {
                let initializer = class.initializer();
                self.stack[slot] = Value::Instance(Instance::new(class));
                match initializer {
                    Some(initializer) => return self.enter(initializer, arguments).map(Some),
                    None if arguments == 0 => {}
                    None => {
                        let given = arguments;
                        return Err(ErrorKind::WrongArgumentCount { expected: 0, given }.into());
                    }
                }
            }
            Value::BoundMethod(bound) => {
                self.stack[slot] = Value::Instance(bound.receiver().clone());
                return self.enter(bound.method().clone(), arguments).map(Some);
            }
            Value::Native(native) => {
                let result = native.call(&self.stack[slot + 1..]);
                self.stack.truncate(slot);
                self.push(result);
            }
            _ => return Err(ErrorKind::NotCallable.into()),
        }
        Ok(None)
    }

    /// The call of `closure` with the arguments on the stack.
    #[inline(always)]
    pub(super) fn enter(
        &mut self,
        closure: Gc<Closure>,
        arguments: u8,
    ) -> Result<Callee, RuntimeError> {
        let expected = closure.function().arity;
        if arguments != expected {
            return Err(ErrorKind::WrongArgumentCount { expected, given: arguments }.into());
        }
        // The running call is not on the list.
        if self.frames.len() + 1 == Self::MAX_FRAMES {
            return Err(ErrorKind::StackOverflow.into());
        }
        Ok(Callee { closure, base: self.callee_slot(arguments) })
    }

    /// Ends the call whose locals begin at `base`: nothing of it stays on the
    /// stack.
    #[inline(always)]
    pub(super) fn end_call(&mut self, base: usize) {
        self.close_upvalues(base);
        while self.stack.len() > base {
            self.pop().discard();
        }
    }

    /// The local in `slot`, for the last time: it moves, unless a closure
    /// captured locals of the call that begins at `base`.
    #[inline(always)]
    pub(super) fn take_local(&mut self, base: usize, slot: usize) -> Value {
        if self.has_open_upvalues(base) {
            self.stack[slot].clone()
        } else {
            mem::take(&mut self.stack[slot])
        }
    }

    /// The closure of `function` made by a call of `closure` with its locals at
    /// `base`.
    pub(super) fn make_closure(
        &mut self,
        function: &Gc<Function>,
        closure: &Closure,
        base: usize,
    ) -> Value {
        let upvalue = |capture: &Capture| match *capture {
            Capture::Local(slot) => self.capture(base + usize::from(slot)),
            Capture::Upvalue(index) => closure.upvalues()[usize::from(index)].clone(),
        };
        let upvalues = function.captures.iter().map(upvalue).collect();
        Value::Closure(Closure::new(function.clone(), upvalues))
    }

    /// The upvalue of the variable in `slot` of the stack: all closures that
    /// capture it share one.
    fn capture(&mut self, slot: usize) -> Gc<Upvalue> {
        let position = self.open_upvalues.partition_point(|open| open.slot() < Some(slot));
        if let Some(open) = self.open_upvalues.get(position)
            && open.slot() == Some(slot)
        {
            return open.clone();
        }
        let upvalue = Upvalue::open(slot);
        self.open_upvalues.insert(position, upvalue.clone());
        upvalue
    }

    #[inline(always)]
    fn has_open_upvalues(&self, from: usize) -> bool {
        self.open_upvalues.last().is_some_and(|open| open.slot() >= Some(from))
    }

    /// Moves captured variables from `from` on off the stack.
    #[inline(always)]
    fn close_upvalues(&mut self, from: usize) {
        while self.has_open_upvalues(from) {
            self.close_last_upvalue();
        }
    }

    /// Moves the topmost value, a captured variable, off the stack.
    pub(super) fn close_top(&mut self) {
        self.close_upvalues(self.stack.len() - 1);
        self.pop().discard();
    }

    #[inline(never)]
    fn close_last_upvalue(&mut self) {
        if let Some(upvalue) = self.open_upvalues.pop()
            && let Some(slot) = upvalue.slot()
        {
            upvalue.close(mem::take(&mut self.stack[slot]));
        }
    }

    /// The value of a captured variable.
    #[inline(always)]
    pub(super) fn get_upvalue(&self, upvalue: &Upvalue) -> Value {
        match upvalue.slot() {
            Some(slot) => self.stack[slot].clone(),
            None => upvalue.get(),
        }
    }

    /// Assigns to a captured variable.
    #[inline(always)]
    pub(super) fn set_upvalue(&mut self, upvalue: &Upvalue, value: Value) {
        match upvalue.slot() {
            Some(slot) => self.set_slot(slot, value),
            None => upvalue.set(value),
        }
    }
}
