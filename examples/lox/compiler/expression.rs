//! Expressions: a Pratt parser that writes instructions as it reads.

use crate::chunk::Op;
use crate::compiler::Compiler;
use crate::compiler::scope::Variable;
use crate::fuse::LocalAssignment;
use crate::object::{Name, Str};
use crate::token::TokenKind;
use crate::value::Value;

/// How tightly an operator binds, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    None,
    Assignment,
    Or,
    And,
    Equality,
    Comparison,
    Term,
    Factor,
    Unary,
    Call,
    Primary,
}

impl Precedence {
    /// The precedence of `kind` between two operands; `None` if it is no
    /// operator.
    fn of(kind: TokenKind) -> Precedence {
        match kind {
            TokenKind::LeftParen | TokenKind::Dot => Precedence::Call,
            TokenKind::Slash | TokenKind::Star => Precedence::Factor,
            TokenKind::Minus | TokenKind::Plus => Precedence::Term,
            TokenKind::Greater
            | TokenKind::GreaterEqual
            | TokenKind::Less
            | TokenKind::LessEqual => Precedence::Comparison,
            TokenKind::BangEqual | TokenKind::EqualEqual => Precedence::Equality,
            TokenKind::And => Precedence::And,
            TokenKind::Or => Precedence::Or,
            _ => Precedence::None,
        }
    }

    /// What the right operand of a left-associative operator must exceed.
    fn next(self) -> Precedence {
        match self {
            Precedence::None => Precedence::Assignment,
            Precedence::Assignment => Precedence::Or,
            Precedence::Or => Precedence::And,
            Precedence::And => Precedence::Equality,
            Precedence::Equality => Precedence::Comparison,
            Precedence::Comparison => Precedence::Term,
            Precedence::Term => Precedence::Factor,
            Precedence::Factor => Precedence::Unary,
            Precedence::Unary => Precedence::Call,
            Precedence::Call | Precedence::Primary => Precedence::Primary,
        }
    }
}

impl<'src> Compiler<'src, '_> {
    const MAX_ARGUMENTS: u8 = u8::MAX;

    /// Compiles an expression; its value ends up on the stack.
    pub(super) fn expression(&mut self) {
        self.operand(Precedence::Assignment);
    }

    /// Compiles what binds at least as tightly as `precedence`.
    fn operand(&mut self, precedence: Precedence) {
        self.nested(|compiler| compiler.operand_here(precedence));
    }

    fn operand_here(&mut self, precedence: Precedence) {
        self.parser.advance();
        let can_assign = precedence <= Precedence::Assignment;
        if !self.prefix(can_assign) {
            self.parser.error("Expect expression.");
            return;
        }
        while precedence <= Precedence::of(self.parser.current.kind) {
            self.parser.advance();
            self.infix(can_assign);
        }
        if can_assign && self.parser.matches(TokenKind::Equal) {
            self.parser.error("Invalid assignment target.");
        }
    }

    /// Compiles what begins with the previous token; `false` if no expression
    /// does.
    fn prefix(&mut self, can_assign: bool) -> bool {
        match self.parser.previous.kind {
            TokenKind::LeftParen => self.grouping(),
            TokenKind::Minus => self.unary(Op::Negate),
            TokenKind::Bang => self.unary(Op::Not),
            TokenKind::Identifier => self.named_variable(self.parser.previous.text, can_assign),
            TokenKind::String => self.string(),
            TokenKind::Number => self.number(),
            TokenKind::Nil => self.emit(Op::Nil),
            TokenKind::True => self.emit(Op::True),
            TokenKind::False => self.emit(Op::False),
            TokenKind::This => self.this(),
            TokenKind::Super => self.super_method(),
            _ => return false,
        }
        true
    }

    /// Compiles the rest of what the previous token, an operator, continues.
    fn infix(&mut self, can_assign: bool) {
        match self.parser.previous.kind {
            TokenKind::LeftParen => {
                let arguments = self.arguments();
                self.emit(Op::Call(arguments));
            }
            TokenKind::Dot => self.property(can_assign),
            TokenKind::And => self.and(),
            TokenKind::Or => self.or(),
            operator => self.binary(operator),
        }
    }

    fn grouping(&mut self) {
        self.expression();
        self.parser.consume(TokenKind::RightParen, "Expect ')' after expression.");
    }

    fn number(&mut self) {
        // The scanner lets through digits with at most one point among them.
        let number: f64 = self.parser.previous.text.parse().unwrap_or(f64::NAN);
        self.emit_constant(Value::from(number));
    }

    fn string(&mut self) {
        let letters = self.parser.previous.text.trim_matches('"');
        self.emit_constant(Value::String(Str::of_name(&Name::new(letters))));
    }

    fn unary(&mut self, operation: Op) {
        self.operand(Precedence::Unary);
        self.emit(operation);
    }

    fn binary(&mut self, operator: TokenKind) {
        self.operand(Precedence::of(operator).next());
        let (operation, is_negated) = match operator {
            TokenKind::BangEqual => (Op::Equal, true),
            TokenKind::EqualEqual => (Op::Equal, false),
            TokenKind::Greater => (Op::Greater, false),
            TokenKind::GreaterEqual => (Op::Less, true),
            TokenKind::Less => (Op::Less, false),
            TokenKind::LessEqual => (Op::Greater, true),
            TokenKind::Plus => (Op::Add, false),
            TokenKind::Minus => (Op::Subtract, false),
            TokenKind::Star => (Op::Multiply, false),
            _ => (Op::Divide, false),
        };
        self.emit(operation);
        if is_negated {
            self.emit(Op::Not);
        }
    }

    fn and(&mut self) {
        let end = self.emit_jump(Op::JumpIfFalse);
        self.emit(Op::Pop);
        self.operand(Precedence::And);
        self.patch_jump(end);
    }

    fn or(&mut self) {
        let otherwise = self.emit_jump(Op::JumpIfFalse);
        let end = self.emit_jump(Op::Jump);
        self.patch_jump(otherwise);
        self.emit(Op::Pop);
        self.operand(Precedence::Or);
        self.patch_jump(end);
    }

    /// Compiles a use of the variable `name`, or an assignment to it.
    pub(super) fn named_variable(&mut self, name: &'src str, can_assign: bool) {
        let variable = self.resolve(name);
        if can_assign && self.parser.matches(TokenKind::Equal) {
            self.expression();
            self.emit(match variable {
                Variable::Local(slot) => Op::SetLocal(slot),
                Variable::Upvalue(index) => Op::SetUpvalue(index),
                Variable::Global { name, global } => Op::SetGlobal { name, global },
            });
        } else {
            self.emit(match variable {
                Variable::Local(slot) => Op::GetLocal(slot),
                Variable::Upvalue(index) => Op::GetUpvalue(index),
                Variable::Global { name, global } => Op::GetGlobal { name, global },
            });
        }
    }

    /// Compiles what follows a `.`: a property, an assignment to one, or a call.
    fn property(&mut self, can_assign: bool) {
        self.parser.consume(TokenKind::Identifier, "Expect property name after '.'.");
        let site = self.property_site(self.previous_name());
        // If the receiver is a local, this is where it was read.
        let get = self.function.chunk.code.len() - 1;
        if can_assign && self.parser.matches(TokenKind::Equal) {
            self.expression();
            let set = self.function.chunk.code.len();
            self.function.assignments.push(LocalAssignment { get, set });
            self.emit(Op::SetProperty(site));
        } else if self.parser.matches(TokenKind::LeftParen) {
            let arguments = self.arguments();
            self.emit(Op::Invoke { site, arguments });
        } else {
            self.emit(Op::GetProperty(site));
        }
    }

    /// Compiles the arguments of a call up to the `)`; returns their number.
    pub(super) fn arguments(&mut self) -> u8 {
        let mut count = 0;
        if !self.parser.check(TokenKind::RightParen) {
            loop {
                self.expression();
                if count == Self::MAX_ARGUMENTS {
                    self.parser.error("Can't have more than 255 arguments.");
                } else {
                    count += 1;
                }
                if !self.parser.matches(TokenKind::Comma) {
                    break;
                }
            }
        }
        self.parser.consume(TokenKind::RightParen, "Expect ')' after arguments.");
        count
    }
}
