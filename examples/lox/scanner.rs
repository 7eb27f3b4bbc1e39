//! The scanner: cuts the text of a program into tokens, one at a time.
//!
//! It looks at bytes, since all of Lox's own words are ASCII, and cuts the text
//! only at ASCII bytes, so that other letters may stand in strings and comments.
//! What is no token becomes a token of kind [`TokenKind::Error`], which the
//! compiler reports like its own errors.

use crate::token::{Token, TokenKind};

/// A program on its way to tokens.
#[derive(Debug)]
pub(crate) struct Scanner<'src> {
    source: &'src str,
    start: usize,
    current: usize,
    line: u32,
}

impl<'src> Scanner<'src> {
    /// A scanner at the start of `source`.
    pub(crate) fn new(source: &'src str) -> Self {
        Scanner { source, start: 0, current: 0, line: 1 }
    }

    /// The next token; [`TokenKind::Eof`] again and again at the end.
    pub(crate) fn next_token(&mut self) -> Token<'src> {
        self.skip_blanks();
        self.start = self.current;
        let Some(byte) = self.peek() else {
            return self.token(TokenKind::Eof);
        };
        self.current += 1;
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => self.number(),
            b'"' => self.string(),
            b'(' => self.token(TokenKind::LeftParen),
            b')' => self.token(TokenKind::RightParen),
            b'{' => self.token(TokenKind::LeftBrace),
            b'}' => self.token(TokenKind::RightBrace),
            b',' => self.token(TokenKind::Comma),
            b'.' => self.token(TokenKind::Dot),
            b'-' => self.token(TokenKind::Minus),
            b'+' => self.token(TokenKind::Plus),
            b';' => self.token(TokenKind::Semicolon),
            b'/' => self.token(TokenKind::Slash),
            b'*' => self.token(TokenKind::Star),
            b'!' => self.one_or_two(TokenKind::Bang, TokenKind::BangEqual),
            b'=' => self.one_or_two(TokenKind::Equal, TokenKind::EqualEqual),
            b'<' => self.one_or_two(TokenKind::Less, TokenKind::LessEqual),
            b'>' => self.one_or_two(TokenKind::Greater, TokenKind::GreaterEqual),
            _ => self.unexpected(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.current).copied()
    }

    fn peek_second(&self) -> Option<u8> {
        self.source.as_bytes().get(self.current + 1).copied()
    }

    fn token(&self, kind: TokenKind) -> Token<'src> {
        Token { kind, text: &self.source[self.start..self.current], line: self.line }
    }

    fn error(&self, message: &'static str) -> Token<'src> {
        Token { kind: TokenKind::Error, text: message, line: self.line }
    }

    /// Passes spaces, line ends and comments.
    fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\r' | b'\t' => {}
                b'\n' => self.line += 1,
                b'/' if self.peek_second() == Some(b'/') => {
                    while self.peek().is_some_and(|byte| byte != b'\n') {
                        self.current += 1;
                    }
                    continue;
                }
                _ => return,
            }
            self.current += 1;
        }
    }

    fn one_or_two(&mut self, alone: TokenKind, with_equal: TokenKind) -> Token<'src> {
        if self.peek() == Some(b'=') {
            self.current += 1;
            self.token(with_equal)
        } else {
            self.token(alone)
        }
    }

    fn word(&mut self) -> Token<'src> {
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.current += 1;
        }
        self.token(TokenKind::of_word(&self.source[self.start..self.current]))
    }

    fn number(&mut self) -> Token<'src> {
        self.skip_digits();
        if self.peek() == Some(b'.') && self.peek_second().is_some_and(|byte| byte.is_ascii_digit())
        {
            self.current += 1;
            self.skip_digits();
        }
        self.token(TokenKind::Number)
    }

    fn skip_digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.current += 1;
        }
    }

    /// A string may go over several lines; it has no escapes.
    fn string(&mut self) -> Token<'src> {
        while let Some(byte) = self.peek() {
            self.current += 1;
            match byte {
                b'"' => return self.token(TokenKind::String),
                b'\n' => self.line += 1,
                _ => {}
            }
        }
        self.error("Unterminated string.")
    }

    fn unexpected(&mut self) -> Token<'src> {
        while !self.source.is_char_boundary(self.current) {
            self.current += 1;
        }
        self.error("Unexpected character.")
    }
}
