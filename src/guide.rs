//! How to move a program from `Rc` to `Gc`, and answers to the questions that follow: graphs,
//! pauses, async code, threads, interpreters, leaks.

#[doc = include_str!("../docs/guides/from_rc.md")]
pub mod from_rc {}

#[doc = include_str!("../docs/guides/graphs.md")]
pub mod graphs {}

#[doc = include_str!("../docs/guides/collections.md")]
pub mod collections {}

#[doc = include_str!("../docs/guides/latency.md")]
pub mod latency {}

#[doc = include_str!("../docs/guides/async.md")]
pub mod r#async {}

#[doc = include_str!("../docs/guides/threads.md")]
pub mod threads {}

#[doc = include_str!("../docs/guides/which_gc.md")]
pub mod which_gc {}

#[cfg(all(feature = "sync", target_has_atomic = "64"))]
#[cfg_attr(docsrs, doc(cfg(feature = "sync")))]
#[doc = include_str!("../docs/guides/from_arc.md")]
pub mod from_arc {}

#[cfg(all(feature = "sync", target_has_atomic = "64"))]
#[cfg_attr(docsrs, doc(cfg(feature = "sync")))]
#[doc = include_str!("../docs/guides/locks.md")]
pub mod locks {}

#[doc = include_str!("../docs/guides/language.md")]
pub mod language {}

#[cfg(feature = "inspect")]
#[cfg_attr(docsrs, doc(cfg(feature = "inspect")))]
#[doc = include_str!("../docs/guides/leaks.md")]
pub mod leaks {}

#[doc = include_str!("../docs/guides/hand_written_trace.md")]
pub mod hand_written_trace {}

#[doc = include_str!("../docs/guides/browsers.md")]
pub mod browsers {}

#[doc = include_str!("../docs/guides/not_supported.md")]
pub mod not_supported {}

#[doc = include_str!("../docs/guides/rc_methods.md")]
pub mod rc_methods {}
