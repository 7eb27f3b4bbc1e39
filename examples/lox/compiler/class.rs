//! Classes: declarations, methods, `this` and `super`.

use crate::chunk::Op;
use crate::compiler::Compiler;
use crate::compiler::scope::FunctionKind;
use crate::token::TokenKind;

/// A class whose body is being compiled.
pub(super) struct ClassState {
    has_superclass: bool,
}

impl<'src> Compiler<'src, '_> {
    /// Compiles a class after the word `class`.
    pub(super) fn class_declaration(&mut self) {
        self.parser.consume(TokenKind::Identifier, "Expect class name.");
        let name = self.parser.previous.text;
        let constant = self.name_constant(self.previous_name());
        self.declare_variable();
        self.emit(Op::Class(constant));
        self.define_named(constant);

        self.classes.push(ClassState { has_superclass: false });
        let has_superclass = self.parser.matches(TokenKind::Less);
        if has_superclass {
            self.superclass(name);
        }
        self.named_variable(name, false);
        self.parser.consume(TokenKind::LeftBrace, "Expect '{' before class body.");
        while !self.parser.check(TokenKind::RightBrace) && !self.parser.is_at_end() {
            self.method();
        }
        self.parser.consume(TokenKind::RightBrace, "Expect '}' after class body.");
        self.emit(Op::Pop);
        if has_superclass {
            self.end_scope();
        }
        self.classes.pop();
    }

    /// Compiles the superclass of the class called `subclass`: a local called
    /// `super` around the methods, which they capture.
    fn superclass(&mut self, subclass: &'src str) {
        self.parser.consume(TokenKind::Identifier, "Expect superclass name.");
        let superclass = self.parser.previous.text;
        self.named_variable(superclass, false);
        if superclass == subclass {
            self.parser.error("A class can't inherit from itself.");
        }
        self.begin_scope();
        self.add_local("super");
        self.mark_initialized();
        self.named_variable(subclass, false);
        self.emit(Op::Inherit);
        if let Some(class) = self.classes.last_mut() {
            class.has_superclass = true;
        }
    }

    fn method(&mut self) {
        self.parser.consume(TokenKind::Identifier, "Expect method name.");
        let name = self.previous_name();
        let constant = self.name_constant(name.clone());
        let kind = if &*name == "init" { FunctionKind::Initializer } else { FunctionKind::Method };
        self.function(kind, name);
        self.emit(Op::Method(constant));
    }

    /// Compiles the expression `this`.
    pub(super) fn this(&mut self) {
        if self.classes.is_empty() {
            self.parser.error("Can't use 'this' outside of a class.");
            return;
        }
        self.named_variable("this", false);
    }

    /// Compiles an access to a method of the superclass, after the word `super`.
    pub(super) fn super_method(&mut self) {
        match self.classes.last() {
            None => self.parser.error("Can't use 'super' outside of a class."),
            Some(class) if !class.has_superclass => {
                self.parser.error("Can't use 'super' in a class with no superclass.");
            }
            Some(_) => {}
        }
        self.parser.consume(TokenKind::Dot, "Expect '.' after 'super'.");
        self.parser.consume(TokenKind::Identifier, "Expect superclass method name.");
        let name = self.name_constant(self.previous_name());
        self.named_variable("this", false);
        if self.parser.matches(TokenKind::LeftParen) {
            let arguments = self.arguments();
            self.named_variable("super", false);
            self.emit(Op::SuperInvoke { name, arguments });
        } else {
            self.named_variable("super", false);
            self.emit(Op::GetSuper(name));
        }
    }
}
