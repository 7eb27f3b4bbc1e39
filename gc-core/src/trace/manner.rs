//! The manners of asking types; see [`question`](crate::trace::question) for what is asked.
//!
//! Each is a type of its own, so that the compiler works out the answers to all but the last.

use crate::trace::question::{Question, Seen, identity};

/// How types are asked. Other crates cannot implement it.
#[expect(unnameable_types, reason = "that nobody can name it is its purpose")]
pub trait Manner: Copy {
    /// What is asked.
    fn question(self) -> Question;

    /// What a `T` inside the type that was asked answers, or what is known without asking it.
    fn put<T: ?Sized>(self, question: Question, to_type: impl FnOnce(Self) -> bool) -> bool;
}

/// Asks a few levels of types that derive `Trace` inside each other. Beyond them the answer is
/// the cautious one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Briefly {
    question: Question,
    /// How many more levels are asked.
    depth: u32,
}

impl Briefly {
    /// The question of drops to the type of an object.
    pub(crate) const DROPS: Briefly = Briefly { question: Question::Drops, depth: 6 };

    /// The question of drops to the type of an object that threads share.
    #[cfg(feature = "sync")]
    pub(crate) const SHARED_DROPS: Briefly = Briefly { question: Question::SharedDrops, depth: 6 };

    /// The question of traces to the contents of a cell or a container. It is asked each
    /// time they are traced. In an optimized build that costs nothing; in others it must
    /// be short.
    pub(crate) const TRACES: Briefly = Briefly { question: Question::Traces, depth: 2 };

    /// The question of finalizers to the type of an object. It is asked for each object that
    /// is made, which costs nothing in an optimized build.
    pub(crate) const FINALIZERS: Briefly = Briefly { question: Question::Finalizers, depth: 8 };
}

impl Manner for Briefly {
    #[inline]
    fn question(self) -> Question {
        self.question
    }

    #[inline]
    fn put<T: ?Sized>(self, question: Question, to_type: impl FnOnce(Self) -> bool) -> bool {
        match self.depth.checked_sub(1) {
            Some(depth) => to_type(Briefly { depth, ..self }),
            None => question.cautious_answer(),
        }
    }
}

/// Asks two levels of types, for a reason to give the cautious answer that lies there. It is a type of
/// its own, so that the answer remains a constant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nearby {
    question: Question,
    /// How many more levels are asked.
    depth: u32,
}

impl Nearby {
    /// The question of finalizers to the type of an object.
    pub(crate) const FINALIZERS: Nearby = Nearby { question: Question::Finalizers, depth: 2 };
}

impl Manner for Nearby {
    #[inline]
    fn question(self) -> Question {
        self.question
    }

    #[inline]
    fn put<T: ?Sized>(self, question: Question, to_type: impl FnOnce(Self) -> bool) -> bool {
        match self.depth.checked_sub(1) {
            Some(depth) => to_type(Nearby { depth, ..self }),
            None => !question.cautious_answer(),
        }
    }
}

/// Asks each type once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thoroughly<'a> {
    question: Question,
    /// The types that were asked.
    seen: &'a Seen,
    /// How many more levels are asked: the stack has room for them.
    depth: u32,
}

impl Thoroughly<'_> {
    /// The most levels.
    const DEPTH: u32 = 128;

    /// The answer of a type to which `ask` puts the question. It is the cautious one only if a type
    /// that was reached gives it, or if types lie very many levels inside each other.
    pub(crate) fn ask(question: Question, ask: impl FnOnce(Thoroughly<'_>) -> bool) -> bool {
        let seen = Seen::default();
        let answer = ask(Thoroughly { question, seen: &seen, depth: Thoroughly::DEPTH });
        if seen.is_settled() { question.cautious_answer() } else { answer }
    }
}

impl Manner for Thoroughly<'_> {
    #[inline]
    fn question(self) -> Question {
        self.question
    }

    fn put<T: ?Sized>(self, question: Question, to_type: impl FnOnce(Self) -> bool) -> bool {
        let Thoroughly { seen, depth, .. } = self;
        let Some(depth) = depth.checked_sub(1) else { return question.cautious_answer() };
        if let Some(known) = seen.known(question, identity::<T>()) {
            return known;
        }
        let answer = to_type(Thoroughly { depth, ..self });
        seen.note(question, answer);
        answer
    }
}
