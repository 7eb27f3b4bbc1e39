//! Statements and the declarations of variables and functions.

use crate::chunk::Op;
use crate::compiler::Compiler;
use crate::compiler::scope::{FunctionKind, Variable};
use crate::object::Name;
use crate::token::TokenKind;

impl Compiler<'_, '_> {
    const MAX_PARAMETERS: u8 = u8::MAX;

    /// Compiles a declaration or a statement; after an error, finds the next.
    pub(super) fn declaration(&mut self) {
        self.nested(|compiler| {
            if compiler.parser.matches(TokenKind::Class) {
                compiler.class_declaration();
            } else if compiler.parser.matches(TokenKind::Fun) {
                compiler.function_declaration();
            } else if compiler.parser.matches(TokenKind::Var) {
                compiler.variable_declaration();
            } else {
                compiler.statement();
            }
        });
        self.parser.synchronize();
    }

    fn function_declaration(&mut self) {
        let constant = self.variable_name("Expect function name.");
        // A function may call itself, so its name is known inside it.
        self.mark_initialized();
        let name = self.previous_name();
        self.function(FunctionKind::Function, name);
        self.define_variable(constant);
    }

    fn variable_declaration(&mut self) {
        let global = self.variable_name("Expect variable name.");
        if self.parser.matches(TokenKind::Equal) {
            self.expression();
        } else {
            self.emit(Op::Nil);
        }
        self.parser.consume(TokenKind::Semicolon, "Expect ';' after variable declaration.");
        self.define_variable(global);
    }

    /// Consumes the name in a declaration; a local is declared by it, a global
    /// returned.
    fn variable_name(&mut self, message: &str) -> Option<Variable> {
        self.parser.consume(TokenKind::Identifier, message);
        self.declare_variable();
        self.function.is_global_scope().then(|| self.global(self.previous_name()))
    }

    /// Makes the value on the stack that of the declared variable: a local's
    /// value simply stays there.
    fn define_variable(&mut self, variable: Option<Variable>) {
        match variable {
            Some(Variable::Global { name, global }) => {
                self.emit(Op::DefineGlobal { name, global });
            }
            _ => self.mark_initialized(),
        }
    }

    /// As [`define_variable`](Self::define_variable), for a class whose name is
    /// in the pool at `name` already.
    pub(super) fn define_named(&mut self, name: u8) {
        if self.function.is_global_scope() {
            let global = self.globals.slot(&self.previous_name());
            self.emit(Op::DefineGlobal { name, global });
        } else {
            self.mark_initialized();
        }
    }

    /// Compiles a function from its parameters on; its closure ends up on the
    /// stack.
    pub(super) fn function(&mut self, kind: FunctionKind, name: Name) {
        self.begin_function(kind, name);
        self.parser.consume(TokenKind::LeftParen, "Expect '(' after function name.");
        if !self.parser.check(TokenKind::RightParen) {
            self.parameters();
        }
        self.parser.consume(TokenKind::RightParen, "Expect ')' after parameters.");
        self.parser.consume(TokenKind::LeftBrace, "Expect '{' before function body.");
        self.block();
        let function = self.finish_function();
        let constant = self.function_constant(function);
        self.emit(Op::Closure(constant));
    }

    fn parameters(&mut self) {
        loop {
            if self.function.arity == Self::MAX_PARAMETERS {
                self.parser.error_at_current("Can't have more than 255 parameters.");
            } else {
                self.function.arity += 1;
            }
            let parameter = self.variable_name("Expect parameter name.");
            self.define_variable(parameter);
            if !self.parser.matches(TokenKind::Comma) {
                return;
            }
        }
    }

    fn statement(&mut self) {
        self.nested(|compiler| {
            if compiler.parser.matches(TokenKind::Print) {
                compiler.print_statement();
            } else if compiler.parser.matches(TokenKind::For) {
                compiler.for_statement();
            } else if compiler.parser.matches(TokenKind::If) {
                compiler.if_statement();
            } else if compiler.parser.matches(TokenKind::Return) {
                compiler.return_statement();
            } else if compiler.parser.matches(TokenKind::While) {
                compiler.while_statement();
            } else if compiler.parser.matches(TokenKind::LeftBrace) {
                compiler.begin_scope();
                compiler.block();
                compiler.end_scope();
            } else {
                compiler.expression_statement();
            }
        });
    }

    fn block(&mut self) {
        while !self.parser.check(TokenKind::RightBrace) && !self.parser.is_at_end() {
            self.declaration();
        }
        self.parser.consume(TokenKind::RightBrace, "Expect '}' after block.");
    }

    fn print_statement(&mut self) {
        self.expression();
        self.parser.consume(TokenKind::Semicolon, "Expect ';' after value.");
        self.emit(Op::Print);
    }

    fn expression_statement(&mut self) {
        self.expression();
        self.parser.consume(TokenKind::Semicolon, "Expect ';' after expression.");
        self.emit(Op::Pop);
    }

    fn return_statement(&mut self) {
        if self.function.kind == FunctionKind::Script {
            self.parser.error("Can't return from top-level code.");
        }
        if self.parser.matches(TokenKind::Semicolon) {
            self.emit_return();
            return;
        }
        if self.function.is_initializer() {
            self.parser.error("Can't return a value from an initializer.");
        }
        self.expression();
        self.parser.consume(TokenKind::Semicolon, "Expect ';' after return value.");
        self.emit(Op::Return);
    }

    fn if_statement(&mut self) {
        self.parser.consume(TokenKind::LeftParen, "Expect '(' after 'if'.");
        self.expression();
        self.parser.consume(TokenKind::RightParen, "Expect ')' after condition.");

        let otherwise = self.emit_jump(Op::JumpIfFalse);
        self.emit(Op::Pop);
        self.statement();
        let end = self.emit_jump(Op::Jump);
        self.patch_jump(otherwise);
        self.emit(Op::Pop);
        if self.parser.matches(TokenKind::Else) {
            self.statement();
        }
        self.patch_jump(end);
    }

    fn while_statement(&mut self) {
        let start = self.position();
        self.parser.consume(TokenKind::LeftParen, "Expect '(' after 'while'.");
        self.expression();
        self.parser.consume(TokenKind::RightParen, "Expect ')' after condition.");

        let exit = self.emit_jump(Op::JumpIfFalse);
        self.emit(Op::Pop);
        self.statement();
        self.emit_loop(start);
        self.patch_jump(exit);
        self.emit(Op::Pop);
    }

    fn for_statement(&mut self) {
        self.begin_scope();
        self.parser.consume(TokenKind::LeftParen, "Expect '(' after 'for'.");
        if self.parser.matches(TokenKind::Var) {
            self.variable_declaration();
        } else if !self.parser.matches(TokenKind::Semicolon) {
            self.expression_statement();
        }

        let mut start = self.position();
        let mut exit = None;
        if !self.parser.matches(TokenKind::Semicolon) {
            self.expression();
            self.parser.consume(TokenKind::Semicolon, "Expect ';' after loop condition.");
            exit = Some(self.emit_jump(Op::JumpIfFalse));
            self.emit(Op::Pop);
        }

        // The increment stands before the body but runs after it.
        if !self.parser.matches(TokenKind::RightParen) {
            let body = self.emit_jump(Op::Jump);
            let increment = self.position();
            self.expression();
            self.emit(Op::Pop);
            self.parser.consume(TokenKind::RightParen, "Expect ')' after for clauses.");
            self.emit_loop(start);
            start = increment;
            self.patch_jump(body);
        }

        self.statement();
        self.emit_loop(start);
        if let Some(exit) = exit {
            self.patch_jump(exit);
            self.emit(Op::Pop);
        }
        self.end_scope();
    }
}
