//! Fusing: one instruction in place of a frequent sequence.
//!
//! `this.count` is `GetLocal 0; GetProperty count`: a clone of the receiver onto
//! the stack, and its drop. As one instruction it borrows the receiver where it
//! lies. That is worth more here than in an interpreter that does not count: the
//! count stays as it is, so the instance does not become a candidate either.
//!
//! ```text
//!   if (n < 2) return n;
//!
//!   before                          after
//!     0  GetLocal 1                   0  JumpUnlessLocalConstant Less 1 0 -> 3
//!     1  Constant 0                   1  ReturnLocal 1
//!     2  Less                         2  Jump -> 4
//!     3  JumpIfFalse -> 8             3  Pop
//!     4  Pop                          4  ...
//!     5  GetLocal 1
//!     6  Return
//!     7  Jump -> 9
//!     8  Pop
//!     9  ...
//! ```
//!
//! A sequence is fused only if no jump leads into its middle. The instruction
//! that a jump leads to stays even if nothing else does (3 above).

use alloc::vec;
use alloc::vec::Vec;

use crate::chunk::{Chunk, Op, Test};
use crate::object::Capture;

/// The length of the longest sequence that is replaced.
const LONGEST: usize = 6;

/// What stands in the new code for the instructions from some position on.
struct Fused {
    /// `None` if nothing does.
    op: Option<Op>,
    /// How many instructions it replaces.
    length: usize,
    /// Which of them can fail, and so gives its line.
    line_of: usize,
}

impl Fused {
    /// Whether an error has the line it had before, whichever instruction fails.
    fn has_one_line(&self, lines: &[u32], position: usize) -> bool {
        match self.op {
            Some(Op::GetGlobalProperty { .. }) => lines[position] == lines[position + 1],
            _ => true,
        }
    }
}

/// An assignment to a property of a local: where its `GetLocal` and its
/// `SetProperty` are.
#[derive(Clone, Copy)]
pub(crate) struct LocalAssignment {
    pub(crate) get: usize,
    pub(crate) set: usize,
}

/// `chunk` with shorter code that does the same.
pub(crate) fn fuse(mut chunk: Chunk, assignments: &[LocalAssignment]) -> Chunk {
    thread_jumps(&mut chunk.code);
    leave_receivers_in_place(&mut chunk, assignments);
    let is_target = find_targets(&mut chunk.code);
    rewrite(&mut chunk, |code, lines, position| {
        let rest = &code[position..code.len().min(position + LONGEST)];
        let unbroken = (1..rest.len()).take_while(|&next| !is_target[position + next]).count();
        fuse_first(code, &rest[..=unbroken]).filter(|fused| fused.has_one_line(lines, position))
    });
    chunk
}

/// Replaces instructions by what `replacement` makes of those from a position
/// on; `None` leaves the one there as it is.
fn rewrite(chunk: &mut Chunk, replacement: impl Fn(&[Op], &[u32], usize) -> Option<Fused>) {
    let mut code = Vec::with_capacity(chunk.code.len());
    let mut lines = Vec::with_capacity(chunk.code.len());
    // Where each old instruction went, and the end.
    let mut moved_to = vec![0; chunk.code.len() + 1];
    let mut position = 0;
    while position < chunk.code.len() {
        let same = Fused { op: Some(chunk.code[position]), length: 1, line_of: 0 };
        let fused = replacement(&chunk.code, &chunk.lines, position).unwrap_or(same);
        moved_to[position] = index_operand(code.len());
        if let Some(op) = fused.op {
            code.push(op);
            lines.push(chunk.lines[position + fused.line_of]);
        }
        position += fused.length;
    }
    moved_to[position] = index_operand(code.len());
    for op in &mut code {
        if let Some(target) = op.target() {
            *target = moved_to[*target as usize];
        }
    }
    chunk.code = code;
    chunk.lines = lines;
}

/// `local.name = value` need not put the receiver on the stack before the value,
/// if the variable is the same afterwards.
fn leave_receivers_in_place(chunk: &mut Chunk, assignments: &[LocalAssignment]) {
    let is_target = find_targets(&mut chunk.code);
    let mut in_place = vec![false; chunk.code.len()];
    for &LocalAssignment { get, set } in assignments {
        let (Some(&Op::GetLocal(slot)), Some(&Op::SetProperty(site))) =
            (chunk.code.get(get), chunk.code.get(set))
        else {
            continue;
        };
        // A jump to right behind it: the receiver is an `and` or an `or`.
        let is_whole = !is_target[get + 1];
        let is_assigned = chunk.code[get..set].contains(&Op::SetLocal(slot));
        // Nothing can be assigned to `this`, in slot 0.
        if is_whole && !is_assigned && (slot == 0 || !is_captured(chunk, slot)) {
            chunk.code[set] = Op::SetLocalProperty { slot, site };
            in_place[get] = true;
        }
    }
    rewrite(chunk, |_, _, position| {
        in_place[position].then_some(Fused { op: None, length: 1, line_of: 0 })
    });
}

/// Whether a function inside this one may assign to the local in `slot`.
fn is_captured(chunk: &Chunk, slot: u8) -> bool {
    let mut captures = chunk.functions.iter().flat_map(|function| &function.captures);
    captures.any(|&capture| capture == Capture::Local(slot))
}

/// A jump on false that leads to a jump on false may as well lead where that
/// one leads: conditions with `and` in them.
fn thread_jumps(code: &mut [Op]) {
    for position in (0..code.len()).rev() {
        if let Op::JumpIfFalse(target) = code[position]
            && let Some(&Op::JumpIfFalse(further)) = code.get(target as usize)
        {
            code[position] = Op::JumpIfFalse(further);
        }
    }
}

/// Which instructions a jump leads to, or will once it also pops.
fn find_targets(code: &mut [Op]) -> Vec<bool> {
    let mut is_target = vec![false; code.len() + 2];
    for position in 0..code.len() {
        if let Some(&mut target) = code[position].target() {
            is_target[target as usize] = true;
            is_target[target as usize + 1] |= pops_on_both_ways(code, position);
        }
    }
    is_target
}

/// Whether at `position` stands a `JumpIfFalse` with a `Pop` on both ways.
fn pops_on_both_ways(code: &[Op], position: usize) -> bool {
    match code[position..] {
        [Op::JumpIfFalse(target), Op::Pop, ..] => code.get(target as usize) == Some(&Op::Pop),
        _ => false,
    }
}

/// What the first instructions of `rest` can be replaced with.
///
/// `rest` is the part of `code` that no jump leads into but at its start.
fn fuse_first(code: &[Op], rest: &[Op]) -> Option<Fused> {
    fuse_conditional_jump(code, rest).or_else(|| {
        let (op, length, line_of) = match *rest {
            [Op::GetLocal(slot), Op::Constant(constant), Op::Add, ..] => {
                (Op::AddLocalConstant { slot, constant }, 3, 2)
            }
            [Op::GetLocal(slot), Op::Constant(constant), Op::Subtract, ..] => {
                (Op::SubtractLocalConstant { slot, constant }, 3, 2)
            }
            [Op::GetLocal(slot), Op::GetProperty(site), Op::Return, ..] => {
                (Op::ReturnProperty { slot, site }, 3, 1)
            }
            [Op::Constant(constant), Op::Add, ..] => (Op::AddConstant(constant), 2, 1),
            [Op::Constant(constant), Op::Subtract, ..] => (Op::SubtractConstant(constant), 2, 1),
            [Op::GetLocal(slot), Op::GetProperty(site), ..] => {
                (Op::GetLocalProperty { slot, site }, 2, 1)
            }
            [Op::GetLocal(slot), Op::Return, ..] => (Op::ReturnLocal(slot), 2, 1),
            [Op::SetLocal(slot), Op::Pop, ..] => (Op::StoreLocal(slot), 2, 0),
            [Op::SetGlobal { name, global }, Op::Pop, ..] => {
                (Op::StoreGlobal { name, global }, 2, 0)
            }
            [Op::GetGlobal { name, global }, Op::GetProperty(site), ..] => {
                (Op::GetGlobalProperty { name, site, global }, 2, 1)
            }
            [Op::SetProperty(site), Op::Pop, ..] => (Op::StoreProperty(site), 2, 0),
            [Op::SetLocalProperty { slot, site }, Op::Pop, ..] => {
                (Op::StoreLocalProperty { slot, site }, 2, 0)
            }
            _ => return None,
        };
        Some(Fused { op: Some(op), length, line_of })
    })
}

/// As [`fuse_first`], for sequences that end in a conditional jump.
fn fuse_conditional_jump(code: &[Op], rest: &[Op]) -> Option<Fused> {
    let operands = match rest {
        [Op::GetLocal(_), Op::GetLocal(_) | Op::Constant(_), ..] => 2,
        _ => 0,
    };
    let (test, test_length) = match rest[operands..] {
        [Op::Equal, Op::Not, ..] => (Some(Test::NotEqual), 2),
        [Op::Less, Op::Not, ..] => (Some(Test::NotLess), 2),
        [Op::Greater, Op::Not, ..] => (Some(Test::NotGreater), 2),
        [Op::Equal, ..] => (Some(Test::Equal), 1),
        [Op::Less, ..] => (Some(Test::Less), 1),
        [Op::Greater, ..] => (Some(Test::Greater), 1),
        _ => (None, 0),
    };
    let jump = operands + test_length;
    let &[Op::JumpIfFalse(target), Op::Pop, ..] = rest.get(jump..)? else {
        return None;
    };
    if code.get(target as usize) != Some(&Op::Pop) {
        return None;
    }
    let target = target + 1;
    let op = match (test, rest[0], rest[1]) {
        (None, ..) if operands == 0 => Op::PopJumpIfFalse(target),
        (Some(test), Op::GetLocal(slot), Op::Constant(constant)) => {
            Op::JumpUnlessLocalConstant { test, slot, constant, target }
        }
        (Some(test), Op::GetLocal(left), Op::GetLocal(right)) => {
            Op::JumpUnlessLocals { test, left, right, target }
        }
        (Some(test), ..) if operands == 0 => Op::JumpUnless { test, target },
        _ => return None,
    };
    Some(Fused { op: Some(op), length: jump + 2, line_of: operands })
}

fn index_operand(index: usize) -> u32 {
    u32::try_from(index).expect("a function has fewer than 2^32 instructions")
}
