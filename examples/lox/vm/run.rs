//! The loop that executes instructions.
//!
//! The outer turn of the loop is a call that begins or goes on: it looks up the
//! code and the pools of its function once. The inner turn is an instruction.
//! The running call is in local variables; the calls around it are on
//! [`Vm::frames`].
//!
//! One function, longer than the others, since it is one table: an arm for each
//! instruction, and the work of all but the simplest in methods. What those
//! methods do to speed: a value that is moved off the stack is not dropped there,
//! and one that is no object is never passed to drop at all
//! ([`Value::discard`]).

use core::mem;

use gcycle::Gc;

use crate::chunk::Op;
use crate::object::{Class, Closure};
use crate::value::Value;
use crate::vm::arithmetic::holds;
use crate::vm::call::Callee;
use crate::vm::error::{ErrorKind, RuntimeError};
use crate::vm::property::property;
use crate::vm::{Frame, Vm};

impl Vm {
    /// Runs `script` and what it calls to the end.
    ///
    /// After an error, the calls that led to it are on [`Vm::frames`].
    #[expect(clippy::too_many_lines, reason = "one arm for each instruction")]
    pub(super) fn run(&mut self, script: Gc<Closure>) -> Result<(), RuntimeError> {
        let mut running = script;
        let mut next = 0;
        let mut base = 0;
        let error = 'run: loop {
            let closure = &*running;
            let chunk = &closure.function().chunk;
            let code = chunk.code.as_slice();
            let constants = chunk.constants.as_slice();

            /// What the instruction needs, or the end of the program.
            macro_rules! attempt {
                ($result:expr) => {
                    match $result {
                        Ok(value) => value,
                        Err(error) => break 'run RuntimeError::from(error),
                    }
                };
            }
            /// Begins the call that `result` is, if it is one in Lox.
            macro_rules! enter {
                ($result:expr) => {
                    if let Some(Callee { closure, base: callee_base }) = attempt!($result) {
                        let closure = mem::replace(&mut running, closure);
                        self.frames.push(Frame { closure, next, base });
                        next = 0;
                        base = callee_base;
                        continue 'run;
                    }
                };
            }
            /// Goes on with the call around this one.
            macro_rules! leave {
                ($result:expr) => {{
                    let result = $result;
                    let Some(caller) = self.frames.pop() else {
                        return Ok(());
                    };
                    self.push(result);
                    running = caller.closure;
                    next = caller.next;
                    base = caller.base;
                    continue 'run;
                }};
            }
            // What the operands stand for.
            macro_rules! slot {
                ($slot:expr) => {
                    base + usize::from($slot)
                };
            }
            macro_rules! local {
                ($slot:expr) => {
                    &self.stack[slot!($slot)]
                };
            }
            macro_rules! constant {
                ($index:expr) => {
                    &constants[usize::from($index)]
                };
            }
            macro_rules! name {
                ($index:expr) => {
                    &chunk.names[usize::from($index)]
                };
            }
            macro_rules! site {
                ($index:expr) => {
                    &chunk.sites[usize::from($index)]
                };
            }
            macro_rules! upvalue {
                ($index:expr) => {
                    &closure.upvalues()[usize::from($index)]
                };
            }
            /// The value of a global, or what else `access` gives unless it is
            /// undefined.
            macro_rules! global {
                ($name:expr, $access:expr) => {{
                    let undefined = || ErrorKind::UndefinedVariable(name!($name).clone());
                    attempt!($access.ok_or_else(undefined))
                }};
            }

            loop {
                let op = &code[next];
                next += 1;
                match *op {
                    Op::Constant(index) => self.push(constant!(index).clone()),
                    Op::Nil => self.push(Value::Nil),
                    Op::True => self.push(Value::True),
                    Op::False => self.push(Value::False),
                    Op::Pop => self.pop().discard(),

                    Op::GetLocal(slot) => self.push(local!(slot).clone()),
                    Op::SetLocal(slot) => self.set_slot(slot!(slot), self.top().clone()),
                    Op::StoreLocal(slot) => {
                        let value = self.pop();
                        self.set_slot(slot!(slot), value);
                    }
                    Op::GetGlobal { name, global } => {
                        let value = global!(name, self.globals.get(global)).clone();
                        self.push(value);
                    }
                    Op::DefineGlobal { global, .. } => {
                        let value = self.pop();
                        self.globals.define(global, value);
                    }
                    Op::SetGlobal { name, global } => {
                        let value = self.top().clone();
                        global!(name, self.globals.assign(global, value));
                    }
                    Op::StoreGlobal { name, global } => {
                        let value = self.pop();
                        global!(name, self.globals.assign(global, value));
                    }
                    Op::GetUpvalue(index) => self.push(self.get_upvalue(upvalue!(index))),
                    Op::SetUpvalue(index) => {
                        self.set_upvalue(upvalue!(index), self.top().clone());
                    }

                    Op::GetProperty(site) => {
                        let value = attempt!(property(self.top(), site!(site)));
                        self.replace_top(value);
                    }
                    Op::GetLocalProperty { slot, site } => {
                        let value = attempt!(property(local!(slot), site!(site)));
                        self.push(value);
                    }
                    Op::GetGlobalProperty { name, site, global } => {
                        let receiver = global!(name, self.globals.get(global));
                        let value = attempt!(property(receiver, site!(site)));
                        self.push(value);
                    }
                    Op::SetProperty(site) => attempt!(self.set_property(site!(site))),
                    Op::StoreProperty(site) => attempt!(self.store_property(site!(site))),
                    Op::SetLocalProperty { slot, site } => {
                        attempt!(self.set_property_of(slot!(slot), site!(site)));
                    }
                    Op::StoreLocalProperty { slot, site } => {
                        attempt!(self.store_property_of(slot!(slot), site!(site)));
                    }
                    Op::GetSuper(name) => attempt!(self.get_super(name!(name))),

                    Op::Equal => self.equal(),
                    Op::Greater => attempt!(self.compare(|left, right| left > right)),
                    Op::Less => attempt!(self.compare(|left, right| left < right)),
                    Op::Add => attempt!(self.add()),
                    Op::Subtract => attempt!(self.calculate(|left, right| left - right)),
                    Op::Multiply => attempt!(self.calculate(|left, right| left * right)),
                    Op::Divide => attempt!(self.calculate(|left, right| left / right)),
                    Op::AddConstant(index) => attempt!(self.add_constant(constant!(index))),
                    Op::SubtractConstant(index) => {
                        attempt!(self.subtract_constant(constant!(index)));
                    }
                    Op::AddLocalConstant { slot, constant } => {
                        attempt!(self.add_to(slot!(slot), constant!(constant)));
                    }
                    Op::SubtractLocalConstant { slot, constant } => {
                        attempt!(self.subtract_from(slot!(slot), constant!(constant)));
                    }
                    Op::Negate => attempt!(self.negate()),
                    Op::Not => self.replace_top(Value::from(self.top().is_falsey())),

                    Op::Print => {
                        let value = self.pop();
                        attempt!(writeln!(self.output, "{value}"));
                    }

                    Op::Jump(target) | Op::Loop(target) => next = target as usize,
                    Op::JumpIfFalse(target) => {
                        if self.top().is_falsey() {
                            next = target as usize;
                        }
                    }
                    Op::PopJumpIfFalse(target) => {
                        let condition = self.pop();
                        if condition.is_falsey() {
                            next = target as usize;
                        }
                        condition.discard();
                    }
                    Op::JumpUnless { test, target } => {
                        let right = self.pop();
                        let left = self.pop();
                        if !attempt!(holds(test, &left, &right)) {
                            next = target as usize;
                        }
                        left.discard();
                        right.discard();
                    }
                    Op::JumpUnlessLocalConstant { test, slot, constant, target } => {
                        if !attempt!(holds(test, local!(slot), constant!(constant))) {
                            next = target as usize;
                        }
                    }
                    Op::JumpUnlessLocals { test, left, right, target } => {
                        if !attempt!(holds(test, local!(left), local!(right))) {
                            next = target as usize;
                        }
                    }

                    Op::Call(arguments) => enter!(self.call(arguments)),
                    Op::Invoke { site, arguments } => {
                        enter!(self.invoke(site!(site), arguments));
                    }
                    Op::SuperInvoke { name, arguments } => {
                        enter!(self.super_invoke(name!(name), arguments));
                    }
                    Op::Return => {
                        let result = self.pop();
                        self.end_call(base);
                        leave!(result);
                    }
                    Op::ReturnLocal(slot) => {
                        let result = self.take_local(base, slot!(slot));
                        self.end_call(base);
                        leave!(result);
                    }
                    Op::ReturnProperty { slot, site } => {
                        let result = attempt!(property(local!(slot), site!(site)));
                        self.end_call(base);
                        leave!(result);
                    }

                    Op::Closure(index) => {
                        let function = &chunk.functions[usize::from(index)];
                        let made = self.make_closure(function, closure, base);
                        self.push(made);
                    }
                    Op::CloseUpvalue => self.close_top(),
                    Op::Class(name) => self.push(Value::Class(Class::new(name!(name).clone()))),
                    Op::Inherit => attempt!(self.inherit()),
                    Op::Method(name) => self.define_method(name!(name)),
                }
            }
        };
        self.frames.push(Frame { closure: running, next, base });
        Err(error)
    }
}
