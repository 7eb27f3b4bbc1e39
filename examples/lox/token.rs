//! Tokens: the words of a Lox program, each with the line it stands on.

/// What kind of word a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    Comma,
    Dot,
    Minus,
    Plus,
    Semicolon,
    Slash,
    Star,
    Bang,
    BangEqual,
    Equal,
    EqualEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    Identifier,
    String,
    Number,
    And,
    Class,
    Else,
    False,
    For,
    Fun,
    If,
    Nil,
    Or,
    Print,
    Return,
    Super,
    This,
    True,
    Var,
    While,
    /// No word of the language; the token's text is the message.
    Error,
    /// The end of the program.
    Eof,
}

/// A word of the program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'src> {
    /// What kind of word it is.
    pub(crate) kind: TokenKind,
    /// Its letters as they stand in the program; a message if it is an error.
    pub(crate) text: &'src str,
    /// The line it ends on, from 1.
    pub(crate) line: u32,
}

impl Token<'_> {
    /// What stands before the first token.
    pub(crate) const START: Token<'static> = Token { kind: TokenKind::Eof, text: "", line: 1 };
}

impl TokenKind {
    /// The kind of a word of letters: a keyword or an identifier.
    pub(crate) fn of_word(word: &str) -> TokenKind {
        match word {
            "and" => TokenKind::And,
            "class" => TokenKind::Class,
            "else" => TokenKind::Else,
            "false" => TokenKind::False,
            "for" => TokenKind::For,
            "fun" => TokenKind::Fun,
            "if" => TokenKind::If,
            "nil" => TokenKind::Nil,
            "or" => TokenKind::Or,
            "print" => TokenKind::Print,
            "return" => TokenKind::Return,
            "super" => TokenKind::Super,
            "this" => TokenKind::This,
            "true" => TokenKind::True,
            "var" => TokenKind::Var,
            "while" => TokenKind::While,
            _ => TokenKind::Identifier,
        }
    }
}
