//! `markup5ever` 0.40, whose types `html5ever` shows: names, attributes and the like.
//!
//! The parts of a name, such as `LocalName`, are atoms: `string_cache` has them.

use markup5ever_0_40::buffer_queue::{BufferQueue, SetResult};
use markup5ever_0_40::interface::tree_builder::{ElementFlags, NodeOrText, QuirksMode};
use markup5ever_0_40::{Attribute, ExpandedName, QualName, SmallCharSet, TokenizerResult};

variants! {
    {H} NodeOrText<H> { AppendNode: H },
    {H} TokenizerResult<H> { Script: H },
}

leaves! {
    Attribute, ExpandedName<'_>, QualName, BufferQueue, SetResult, ElementFlags, QuirksMode,
    SmallCharSet,
}
