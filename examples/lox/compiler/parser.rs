//! Where the compiler stands in the program, and what it found wrong there.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use crate::scanner::Scanner;
use crate::token::{Token, TokenKind};

/// The two tokens around the current position, and the errors so far.
pub(super) struct Parser<'src> {
    scanner: Scanner<'src>,
    /// The token that comes next.
    pub(super) current: Token<'src>,
    /// The token that was consumed last.
    pub(super) previous: Token<'src>,
    /// What is wrong with the program, one line each.
    pub(super) errors: Vec<String>,
    /// An error was reported and the parser has not found firm ground since:
    /// further errors would only be its consequences.
    panic_mode: bool,
}

impl<'src> Parser<'src> {
    /// A parser that stands before the first token.
    pub(super) fn new(source: &'src str) -> Self {
        Parser {
            scanner: Scanner::new(source),
            current: Token::START,
            previous: Token::START,
            errors: Vec::new(),
            panic_mode: false,
        }
    }

    /// Consumes a token.
    pub(super) fn advance(&mut self) {
        let mut next = self.scanner.next_token();
        self.previous = mem::replace(&mut self.current, next);
        while next.kind == TokenKind::Error {
            self.error_at_current(next.text);
            next = self.scanner.next_token();
            self.current = next;
        }
    }

    /// Whether the next token is of `kind`.
    pub(super) fn check(&self, kind: TokenKind) -> bool {
        self.current.kind == kind
    }

    /// Whether no token is left.
    pub(super) fn is_at_end(&self) -> bool {
        self.check(TokenKind::Eof)
    }

    /// Consumes the next token if it is of `kind`.
    pub(super) fn matches(&mut self, kind: TokenKind) -> bool {
        let found = self.check(kind);
        if found {
            self.advance();
        }
        found
    }

    /// Consumes the next token; `message` is the error if it is not of `kind`.
    pub(super) fn consume(&mut self, kind: TokenKind, message: &str) {
        if !self.matches(kind) {
            self.error_at_current(message);
        }
    }

    /// Reports an error at the token that was consumed last.
    pub(super) fn error(&mut self, message: &str) {
        self.report(self.previous, message);
    }

    /// Reports an error at the token that comes next.
    pub(super) fn error_at_current(&mut self, message: &str) {
        self.report(self.current, message);
    }

    fn report(&mut self, token: Token<'_>, message: &str) {
        if mem::replace(&mut self.panic_mode, true) {
            return;
        }
        let place = match token.kind {
            TokenKind::Eof => String::from(" at end"),
            TokenKind::Error => String::new(),
            _ => format!(" at '{}'", token.text),
        };
        self.errors.push(format!("[line {}] Error{place}: {message}", token.line));
    }

    /// After an error, passes tokens until a statement seems to begin.
    pub(super) fn synchronize(&mut self) {
        if !mem::take(&mut self.panic_mode) {
            return;
        }
        while !self.is_at_end() && self.previous.kind != TokenKind::Semicolon {
            match self.current.kind {
                TokenKind::Class
                | TokenKind::Fun
                | TokenKind::Var
                | TokenKind::For
                | TokenKind::If
                | TokenKind::While
                | TokenKind::Print
                | TokenKind::Return => return,
                _ => self.advance(),
            }
        }
    }

    /// Gives the program up.
    pub(super) fn skip_to_end(&mut self) {
        while !self.is_at_end() {
            self.advance();
        }
    }
}
