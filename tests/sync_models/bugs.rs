//! The bugs that the models have to find: each breaks one rule, as an edit of the protocol.

/// A bug.
pub struct Bug {
    /// Its name, as that of a module.
    pub name: &'static str,
    /// The scenario that finds it.
    pub found_by: &'static str,
    /// File, what is there, and what is put in its place.
    pub edits: &'static [(&'static str, &'static str, &'static str)],
}

/// All of them.
pub const BUGS: &[Bug] = &[
    // Dropping handles.
    Bug {
        name: "count_first",
        found_by: "two deaths",
        edits: &[(
            "word",
            "self.released(self.0.fetch_add(DROP.wrapping_sub(ONE), Ordering::Release))",
            "let before = self.0.fetch_sub(ONE, Ordering::Release);
        if before < 2 * ONE {
            return self.release_last(before);
        }
        let flagged = self.0.fetch_or(DROP, Ordering::AcqRel);
        if flagged & DROPS == 0 { Released::NewCandidate } else { Released::Kept }",
        )],
    },
    Bug {
        name: "flag_first",
        found_by: "two deaths",
        edits: &[(
            "word",
            "self.released(self.0.fetch_add(DROP.wrapping_sub(ONE), Ordering::Release))",
            "let flagged = self.0.fetch_or(DROP, Ordering::AcqRel);
        let before = self.0.fetch_sub(ONE, Ordering::Release);
        if count(before) == 1 {
            return self.release_last(before);
        }
        if flagged & DROPS == 0 { Released::NewCandidate } else { Released::Kept }",
        )],
    },
    Bug {
        name: "drop_is_relaxed",
        found_by: "taken out",
        edits: &[(
            "word",
            "self.0.fetch_add(DROP.wrapping_sub(ONE), Ordering::Release)",
            "self.0.fetch_add(DROP.wrapping_sub(ONE), Ordering::Relaxed)",
        )],
    },
    Bug {
        name: "last_drop_does_not_acquire",
        found_by: "death",
        edits: &[(
            "word",
            "        self.0.load(Ordering::Acquire);
        Released::Last(Burial::of(before))",
            "        Released::Last(Burial::of(before))",
        )],
    },
    Bug {
        name: "the_only_handle_does_not_acquire",
        found_by: "death",
        edits: &[(
            "word",
            "        self.0.load(Ordering::Acquire);
        Released::Last(Burial::of(ONE))",
            "        Released::Last(Burial::of(ONE))",
        )],
    },
    Bug {
        name: "the_only_handle_ignores_the_list",
        found_by: "death",
        edits: &[("word", "if word & !LEAF == ONE {", "if word & !(LEAF | DROPS) == ONE {")],
    },
    Bug {
        name: "the_only_handle_ignores_pins",
        found_by: "death",
        edits: &[("word", "if word & !LEAF == ONE {", "if word & !(LEAF | PINNED) == ONE {")],
    },
    Bug {
        name: "the_only_handle_ignores_weak_handles",
        found_by: "weak and strong",
        edits: &[("word", "if word & !LEAF == ONE {", "if word & !(LEAF | HAS_WEAK) == ONE {")],
    },
    Bug {
        name: "the_last_of_a_pinned_object_is_not_entered",
        found_by: "taken out",
        edits: &[("word", "if before & DROPS == 0 { self.release_new_candidate() } else { Released::Kept }", "Released::Kept")],
    },
    Bug {
        name: "drops_of_leaves_are_counted",
        found_by: "leaf",
        edits: &[("word", "self.0.fetch_sub(ONE, Ordering::Release)", "self.0.fetch_add(DROP.wrapping_sub(ONE), Ordering::Release)")],
    },
    Bug {
        name: "drop_of_a_leaf_is_relaxed",
        found_by: "two leaves",
        edits: &[("word", "self.0.fetch_sub(ONE, Ordering::Release)", "self.0.fetch_sub(ONE, Ordering::Relaxed)")],
    },
    Bug {
        name: "leaves_are_pinned",
        found_by: "leaf",
        edits: &[("graph", "        if target.word().is_leaf() {
            return;
        }
", "")],
    },
    Bug {
        name: "last_drop_ignores_pins",
        found_by: "death",
        edits: &[("word", "if before & PINNED != 0 {", "if false {")],
    },
    // Slots.
    Bug {
        name: "burial_ignores_the_list",
        found_by: "death",
        edits: &[("word", "!self.has(HAS_WEAK) && !self.has_entry()", "true")],
    },
    Bug {
        name: "taker_never_frees",
        found_by: "death",
        edits: &[("word", "Ok(_) if word & DROPPED == 0 => return Taken::Dying,", "Ok(_) if true => return Taken::Dying,")],
    },
    Bug {
        name: "burial_never_frees_what_was_taken",
        found_by: "death",
        edits: &[("word", "fetch_or(DROPPED, Ordering::AcqRel) & TAKEN != 0", "fetch_or(DROPPED, Ordering::AcqRel) & TAKEN == u64::MAX")],
    },
    Bug {
        name: "dropped_is_relaxed",
        found_by: "death",
        edits: &[("word", "fetch_or(DROPPED, Ordering::AcqRel)", "fetch_or(DROPPED, Ordering::Relaxed)")],
    },
    Bug {
        name: "take_is_relaxed",
        found_by: "death",
        edits: &[(
            "word",
            "self.0.compare_exchange_weak(word, taken, Ordering::AcqRel, Ordering::Relaxed)",
            "self.0.compare_exchange_weak(word, taken, Ordering::Relaxed, Ordering::Relaxed)",
        )],
    },
    Bug {
        name: "take_pins_what_is_dying",
        found_by: "death",
        edits: &[("word", "is_dying = is_dying(word)", "is_dying = word & CONDEMNED != 0")],
    },
    Bug {
        name: "take_pins_what_is_condemned",
        found_by: "confirm: garbage meanwhile",
        edits: &[("word", "is_dying = is_dying(word)", "is_dying = count(word) == 0")],
    },
    Bug {
        name: "condemned_are_entered_again",
        found_by: "two edges",
        edits: &[("word", "before | CONDEMNED | DROP", "before | CONDEMNED")],
    },
    Bug {
        name: "below_is_read_late",
        found_by: "death",
        edits: &[(
            "candidates",
            "        let address = NonNull::new(self.top)?;
        // SAFETY: by the type invariant; the entry is taken here, and once.
        let object = unsafe { O::at(address) };
        // Before it is accepted: then it may be entered again, or be freed.
        self.top = below(object);
        if let Some(next) = NonNull::new(self.top) {
            // SAFETY: as above.
            unsafe { O::at(next) }.prefetch();
        }
        Some(object)",
            "        if core::mem::replace(&mut self.is_accepted, true) {
            let accepted = NonNull::new(self.top)?;
            // SAFETY: none.
            self.top = below(unsafe { O::at(accepted) });
        }
        // SAFETY: none.
        NonNull::new(self.top).map(|address| unsafe { O::at(address) })",
        ),
        ("candidates", "Entries { top, objects: PhantomData }", "Entries { top, is_accepted: false, objects: PhantomData }"),
        ("candidates", "    top: *mut (),", "    top: *mut (), is_accepted: bool,")],
    },
    Bug {
        name: "entering_is_relaxed",
        found_by: "two deaths",
        edits: &[("candidates", "self.top.swap(address, Ordering::Release)", "self.top.swap(address, Ordering::Relaxed)")],
    },
    Bug {
        name: "taking_back_does_not_acquire",
        found_by: "two deaths",
        edits: &[("candidates", "if self.top.load(Ordering::Acquire) != address {", "if self.top.load(Ordering::Relaxed) != address {")],
    },
    Bug {
        name: "others_are_taken_back",
        found_by: "two deaths",
        edits: &[(
            "candidates",
            "        self.top.compare_exchange(address, below, Ordering::Relaxed, Ordering::Relaxed).is_ok()",
            "        self.top.swap(below, Ordering::Relaxed);
        true",
        )],
    },
    Bug {
        name: "entries_are_taken_back_from_below",
        found_by: "two deaths",
        edits: &[(
            "candidates",
            "        if self.top.load(Ordering::Acquire) != address {
            return false;
        }
",
            "        self.top.load(Ordering::Acquire);
",
        ), (
            "candidates",
            "        self.top.compare_exchange(address, below, Ordering::Relaxed, Ordering::Relaxed).is_ok()",
            "        let _ = self.top.compare_exchange(address, below, Ordering::Relaxed, Ordering::Relaxed);
        true",
        )],
    },
    // Candidates.
    Bug {
        name: "what_lies_below_is_said_relaxed",
        found_by: "two deaths",
        edits: &[("candidates", "object.below().store(below, Ordering::Release)", "object.below().store(below, Ordering::Relaxed)")],
    },
    Bug {
        name: "what_lies_below_is_read_relaxed",
        found_by: "two deaths",
        edits: &[("candidates", "        let below = object.below().load(Ordering::Acquire);
        if below != object", "        let below = object.below().load(Ordering::Relaxed);
        if below != object")],
    },
    Bug {
        name: "what_lies_below_is_taken_back_relaxed",
        found_by: "two deaths",
        edits: &[("candidates", "        let below = object.below().load(Ordering::Acquire);
        if below == address", "        let below = object.below().load(Ordering::Relaxed);
        if below == address")],
    },
    Bug {
        name: "entries_are_taken_before_it_is_said_what_lies_below",
        found_by: "two deaths",
        edits: &[(
            "candidates",
            "        if below != object.address().as_ptr() {
            return below;
        }
        O::yield_now();",
            "        return if below == object.address().as_ptr() { ptr::null_mut() } else { below };",
        )],
    },
    Bug {
        name: "what_an_earlier_entry_left_is_taken_for_what_lies_below",
        found_by: "two deaths",
        edits: &[("candidates", "        object.below().store(address, Ordering::Relaxed);\n", "")],
    },
    Bug {
        name: "an_entry_is_taken_back_before_it_is_said_what_lies_below",
        found_by: "two deaths",
        edits: &[(
            "candidates",
            "        if below == address {
            return false;
        }
",
            "",
        )],
    },
    Bug {
        name: "flag_is_cleared_late",
        found_by: "death",
        edits: &[
            ("word", "{ (word & !DROPS) | PINNED }", "{ word | PINNED }"),
            (
                "word",
                "let before = self.0.fetch_and(!(PINNED | SUSPECT), Ordering::AcqRel);",
                "let before = self.0.fetch_and(!(PINNED | SUSPECT | DROPS), Ordering::AcqRel);",
            ),
        ],
    },
    Bug {
        name: "flag_is_never_cleared",
        found_by: "death",
        edits: &[("word", "{ (word & !DROPS) | PINNED }", "{ word | PINNED }")],
    },
    // Pins.
    Bug {
        name: "unpin_does_not_bury",
        found_by: "death",
        edits: &[("word", "(count(before) == 0).then(", "(count(before) == u64::MAX).then(")],
    },
    Bug {
        name: "unpin_is_relaxed",
        found_by: "death",
        edits: &[("word", "fetch_and(!(PINNED | SUSPECT), Ordering::AcqRel)", "fetch_and(!(PINNED | SUSPECT), Ordering::Relaxed)")],
    },
    Bug {
        name: "targets_are_pinned_late",
        found_by: "taken out",
        edits: &[
            (
                "graph",
                "let handles = target.word().pin();",
                "let handles = 0;",
            ),
            (
                "collection",
                "    let object = graph.objects()[index];
    graph.members().prefetch_after(index);
",
                "    let object = graph.objects()[index];
                    if graph.is_unread(index) {
                    let handles = object.word().pin();
                    graph.count(index, handles);
                }",
            ),
            (
                "graph",
                "    /// Notes that all edges of the next",
                "    pub(crate) fn count(&mut self, index: usize, handles: u64) {
                    self.rest[index] += handles as i32;
                }
                pub(crate) fn is_unread(&self, index: usize) -> bool {
                    self.rest[index] < 0
                }
                /// Notes that all edges of the next",
            ),
        ],
    },
    Bug {
        name: "parts_ignore_edges",
        found_by: "garbage",
        edits: &[("graph", "                components.join(index, target);\n", "")],
    },
    Bug {
        name: "positions_of_other_sets_count",
        found_by: "garbage meanwhile and other",
        edits: &[("members", "self.is_at(noted, object).then_some(noted)", "(noted < self.objects.len()).then_some(noted)")],
    },
    Bug {
        name: "what_was_put_off_is_taken_in_late",
        found_by: "chain of three taken out",
        edits: &[(
            "collection",
            "    graph.catch_up();
    tracing.drop_guards();
",
            "    tracing.drop_guards();
    graph.catch_up();
",
        )],
    },
    Bug {
        name: "guards_are_not_kept_until_then",
        found_by: "chain of three taken out",
        edits: &[("collection", "    tracing.keep_guards();
    graph.put_off();
", "    graph.put_off();
")],
    },
    // Confirmation.
    Bug {
        name: "edges_of_the_look_count",
        found_by: "look and confirm: exchanged",
        edits: &[("graph", "let is_same = self.members.is_at(index, target);", "let is_same = true;")],
    },
    Bug {
        name: "known_edges_of_a_panic_count",
        found_by: "look and confirm: moved ahead of a panic",
        edits: &[("graph", "in self.members.start_of(again.position as usize)..again.next {", "in again.next..again.next {")],
    },
    Bug {
        name: "new_edges_of_a_panic_count",
        found_by: "confirm: moved ahead of a panic",
        edits: &[("graph", "            self.rest[target as usize] += 1;", "            self.rest[target as usize] += 0;")],
    },
    Bug {
        name: "edges_of_the_next_object_are_known",
        found_by: "look and confirm: put inside",
        edits: &[("graph", "        if again.next == again.end {\n            return None;\n        }\n", "")],
    },
    Bug {
        name: "new_edges_do_not_let_out",
        found_by: "confirm: walk",
        edits: &[("graph", "            self.hold_others_of(index);\n", "")],
    },
    Bug {
        name: "locks_are_not_kept",
        found_by: "confirm: moved ahead",
        edits: &[("collection", "= suspects;\n    tracing.keep_guards();\n", "= suspects;\n")],
    },
    Bug {
        name: "edges_behind_locks_that_are_not_kept_count",
        found_by: "confirm: moved ahead of a panic",
        edits: &[("collection", "            graph.retract();\n", "")],
    },
    Bug {
        name: "incomplete_objects_are_forgotten",
        found_by: "garbage of a panic",
        edits: &[("collection", "    if object.word().ask_again() {\n        object.enter_again", "    if false {\n        object.enter_again")],
    },
    Bug {
        name: "incomplete_objects_are_entered_twice",
        found_by: "garbage of a panic",
        edits: &[("collection", "    if object.word().ask_again() {\n        object.enter_again", "    if object.word().ask_again() || true {\n        object.enter_again")],
    },
    Bug {
        name: "clone_leaves_no_mark",
        found_by: "confirm: walk",
        edits: &[("word", "        self.0.fetch_and(!(SUSPECT | EXCLUSIVE), Ordering::Release);\n", "")],
    },
    Bug {
        name: "marks_are_not_looked_at",
        found_by: "confirm: walk",
        edits: &[("collection", "&& !graph.objects()[index].word().is_suspect() {", "&& false {")],
    },
    Bug {
        name: "no_confirmation",
        found_by: "walk",
        edits: &[
            ("collection", "if handles != graph.edges_to(index) {", "if false {"),
            ("collection", "    hold_what_lost_its_mark(&mut graph);\n", ""),
        ],
    },
    Bug {
        name: "marks_are_looked_at_early",
        found_by: "confirm: walk",
        edits: &[
            (
                "collection",
                "if handles != graph.edges_to(index) {",
                "if handles != graph.edges_to(index) || !graph.objects()[index].word().is_suspect() {",
            ),
            ("collection", "    hold_what_lost_its_mark(&mut graph);\n", ""),
        ],
    },
    Bug {
        name: "counting_is_relaxed",
        found_by: "confirm: walk",
        edits: &[("word", "count(self.0.fetch_or(SUSPECT, Ordering::Acquire))", "count(self.0.fetch_or(SUSPECT, Ordering::Relaxed))")],
    },
    Bug {
        name: "liveness_does_not_spread",
        found_by: "walk",
        edits: &[(
            "graph",
            "if let Some(target) = target.filter(|&target| self.is_held_by_members(target)) {",
            "if let Some(target) = target.filter(|_| false) {",
        )],
    },
    Bug {
        name: "what_lost_its_mark_alone_survives",
        found_by: "confirm: walk",
        edits: &[(
            "collection",
            "    graph.propagate();
    if have_finalizers {",
            "    if have_finalizers {",
        )],
    },
    Bug {
        name: "unpinned_before_the_locks_are_released",
        found_by: "confirm: death of a chain",
        edits: &[(
            "collection",
            "    tracing.drop_guards();
    unpin(&graph.reachable(), dead);",
            "    unpin(&graph.reachable(), dead);
    tracing.drop_guards();",
        )],
    },
    Bug {
        name: "values_are_dropped_with_their_slots",
        found_by: "walk",
        edits: &[(
            "dead",
            "        for condemned in &self.condemned {
            condemned.drop_values();
        }
        for (object, burial) in self.buried {
            announce(object, burial);
            free(object, burial);
        }
        for condemned in self.condemned {
            condemned.free();
        }",
            "        for (object, burial) in self.buried {
            free(object, burial);
        }
        for object in self.condemned.iter().flat_map(Condemned::objects) {
            // SAFETY: none.
            unsafe { object.drop_value() };
            // SAFETY: none.
            unsafe { object.free() };
        }",
        )],
    },
    // Weak handles.
    Bug {
        name: "upgrade_does_not_wait",
        found_by: "confirm: upgrade",
        edits: &[("word", "if word & (SUSPECT | EXCLUSIVE) != 0 && !may_refute {", "if word & EXCLUSIVE != 0 && !may_refute {")],
    },
    Bug {
        name: "decisions_do_not_exclude",
        found_by: "confirm: upgrade",
        edits: &[("collection", "    tracing.decide();\n", "")],
    },
    Bug {
        name: "decisions_end_early",
        found_by: "confirm: upgrade",
        edits: &[(
            "collection",
            "    let condemned = condemn_members(&graph, &mut burials);
    tracing.decided();",
            "    tracing.decided();
    let condemned = condemn_members(&graph, &mut burials);",
        )],
    },
    Bug {
        name: "decisions_begin_late",
        found_by: "confirm: upgrade",
        edits: &[(
            "collection",
            "    tracing.decide();
    hold_what_lost_its_mark(&mut graph);
    graph.propagate();",
            "    hold_what_lost_its_mark(&mut graph);
    graph.propagate();
    tracing.decide();",
        )],
    },
    Bug {
        name: "upgrade_leaves_the_mark",
        found_by: "confirm: upgrade",
        edits: &[("word", "let more = (word + ONE) & !SUSPECT;", "let more = word + ONE;")],
    },
    Bug {
        name: "upgrade_revives_the_condemned",
        found_by: "confirm: upgrade",
        edits: &[(
            "word",
            "            if count(word) == 0 || word & CONDEMNED != 0 {
                return Upgraded::NoValue;",
            "            if count(word) == 0 {
                return Upgraded::NoValue;",
        )],
    },
    Bug {
        name: "upgrade_revives_the_dead",
        found_by: "weak last",
        edits: &[(
            "word",
            "            if count(word) == 0 || word & CONDEMNED != 0 {
                return Upgraded::NoValue;",
            "            if word & CONDEMNED != 0 {
                return Upgraded::NoValue;",
        )],
    },
    Bug {
        name: "upgrade_adds_without_looking",
        found_by: "weak and strong",
        edits: &[(
            "word",
            "            let more = (word + ONE) & !SUSPECT;
            let swapped =
                self.0.compare_exchange_weak(word, more, Ordering::Acquire, Ordering::Relaxed);",
            "            self.0.fetch_and(!SUSPECT, Ordering::Relaxed);
            let swapped = Ok::<u64, u64>(self.0.fetch_add(ONE, Ordering::Acquire));",
        )],
    },
    Bug {
        name: "upgrade_is_relaxed",
        found_by: "cyclic",
        edits: &[(
            "word",
            "self.0.compare_exchange_weak(word, more, Ordering::Acquire, Ordering::Relaxed)",
            "self.0.compare_exchange_weak(word, more, Ordering::Relaxed, Ordering::Relaxed)",
        )],
    },
    Bug {
        name: "building_is_relaxed",
        found_by: "cyclic",
        edits: &[("word", "self.0.fetch_add(ONE, Ordering::Release);", "self.0.fetch_add(ONE, Ordering::Relaxed);")],
    },
    Bug {
        name: "weak_handles_keep_no_slot",
        found_by: "weak last",
        edits: &[("weak", "if !object.word().has_weak() || object.weak_count().release() {", "if true {")],
    },
    Bug {
        name: "weak_handles_are_not_noted",
        found_by: "weak last",
        edits: &[("weak", "    object.word().note_weak();\n", "")],
    },
    Bug {
        name: "the_last_weak_handle_frees_nothing",
        found_by: "weak last",
        edits: &[("weak", "    if object.weak_count().release() {", "    if object.weak_count().release() && false {")],
    },
    Bug {
        name: "the_object_frees_nothing",
        found_by: "weak last",
        edits: &[("weak", "|| object.weak_count().release() {", "|| object.weak_count().release() && false {")],
    },
    Bug {
        name: "takers_free_what_weak_handles_keep",
        found_by: "weak last",
        edits: &[(
            "collection",
            "Taken::DroppedWithWeak => give_up_slot(object),",
            "// SAFETY: none.
            Taken::DroppedWithWeak => unsafe { object.free() },",
        )],
    },
    Bug {
        name: "weak_drop_is_relaxed",
        found_by: "weak last",
        edits: &[("weak_count", "fetch_sub(1, Ordering::Release)", "fetch_sub(1, Ordering::Relaxed)")],
    },
    Bug {
        name: "the_last_weak_drop_does_not_acquire",
        found_by: "weak last",
        edits: &[("weak_count", "        self.0.load(Ordering::Acquire);\n", "")],
    },
    // Values that a thread has alone.
    Bug {
        name: "exclusive_access_ignores_pins",
        found_by: "exclusive",
        edits: &[("word", "if may_contend { 0 } else { PINNED | HAS_WEAK };", "if may_contend { 0 } else { HAS_WEAK };")],
    },
    Bug {
        name: "exclusive_access_ignores_weak_handles",
        found_by: "exclusive and weak",
        edits: &[("exclusive", "let has_weak = object.weak_count().count() > 0;", "let has_weak = false;")],
    },
    Bug {
        name: "weak_handles_are_counted_first",
        found_by: "exclusive and weak",
        edits: &[
            ("exclusive", "    if object.word().exclude(true) != Alone", "    let has_weak = object.weak_count().count() > 0;\n    if object.word().exclude(true) != Alone"),
            ("exclusive", "let has_weak = object.weak_count().count() > 0;\n    if has_weak", "if has_weak"),
            ("exclusive", "object.unread(|| object.undecided(|| exclude_contended(object)))", "object.unread(|| exclude_contended(object))"),
        ],
    },
    Bug {
        name: "upgrade_ignores_exclusive_access",
        found_by: "exclusive and weak",
        edits: &[("word", "if word & (SUSPECT | EXCLUSIVE) != 0 && !may_refute {", "if word & SUSPECT != 0 && !may_refute {")],
    },
    Bug {
        name: "exclusive_access_does_not_acquire",
        found_by: "exclusive and other",
        edits: &[(
            "word",
            "change(word),
                Ordering::Acquire,",
            "change(word),
                Ordering::Relaxed,",
        )],
    },
    Bug {
        name: "what_a_thread_has_alone_is_traced",
        found_by: "exclusive",
        edits: &[("word", "& (EXCLUSIVE | EMPTY) == 0", "& EMPTY == 0")],
    },
    Bug {
        name: "what_was_taken_out_is_traced",
        found_by: "unwrap",
        edits: &[("word", "& (EXCLUSIVE | EMPTY) == 0", "& EXCLUSIVE == 0")],
    },
    Bug {
        name: "ending_exclusive_access_is_relaxed",
        found_by: "exclusive",
        edits: &[("word", "self.0.fetch_and(!EXCLUSIVE, Ordering::Release);", "self.0.fetch_and(!EXCLUSIVE, Ordering::Relaxed);")],
    },
    Bug {
        name: "reading_does_not_acquire",
        found_by: "exclusive",
        edits: &[
            ("word", "self.0.load(Ordering::Acquire) & (EXCLUSIVE", "self.0.load(Ordering::Relaxed) & (EXCLUSIVE"),
            ("word", "fetch_or(PINNED, Ordering::Acquire)", "fetch_or(PINNED, Ordering::Relaxed)"),
        ],
    },
    Bug {
        name: "collections_do_not_exclude_exclusive_access",
        found_by: "exclusive",
        edits: &[("collection", "    tracing.begin();\n", ""), ("collection", "        tracing.pause();\n        if next", "        if next")],
    },
    Bug {
        name: "collections_pause_after_they_looked",
        found_by: "exclusive",
        edits: &[
            ("collection", "        tracing.pause();\n        if next", "        if next"),
            (
                "collection",
                "        // SAFETY: members are pinned until `unpin`, which",
                "        tracing.pause();
        // SAFETY: members are pinned until `unpin`, which",
            ),
        ],
    },
    Bug {
        name: "confirmations_do_not_keep_others_out",
        found_by: "confirm: exclusive",
        edits: &[(
            "collection",
            "        // SAFETY: members are pinned until `unpin`, which",
            "        tracing.pause();
        // SAFETY: members are pinned until `unpin`, which",
        )],
    },
    Bug {
        name: "detaching_ignores_pins",
        found_by: "unwrap",
        edits: &[("word", "if may_contend { 0 } else { PINNED };", "0;")],
    },
    Bug {
        name: "detaching_keeps_no_slot",
        found_by: "unwrap",
        edits: &[
            ("exclusive", "    weak::downgrade(object);\n", ""),
            ("exclusive", "    weak::release(object);\n    match", "    match"),
            ("exclusive", "            weak::release(self.object);\n", ""),
        ],
    },
    Bug {
        name: "what_was_taken_out_is_dropped",
        found_by: "unwrap",
        edits: &[("dead", "if !burial.is_empty() {", "if true {")],
    },
    Bug {
        name: "detached_slots_are_not_given_up",
        found_by: "unwrap",
        edits: &[("exclusive", "            free(self.object, burial);\n", "")],
    },
    Bug {
        name: "into_inner_counts_without_looking",
        found_by: "into inner of two",
        edits: &[("word", "while word >= 2 * ONE {", "while word >= ONE {")],
    },
    // Finalizers.
    Bug {
        name: "what_is_finalized_is_condemned",
        found_by: "finalizer",
        edits: &[("collection", "            graph.hold(index);
        }
    }
}

/// Condemns", "        }
    }
}

/// Condemns")],
    },
    Bug {
        name: "what_finalizers_see_is_condemned",
        found_by: "finalizer",
        edits: &[(
            "collection",
            "        hold_what_has_finalizers(&mut graph, dead);
        graph.propagate();",
            "        hold_what_has_finalizers(&mut graph, dead);",
        )],
    },
    Bug {
        name: "finalizers_run_again",
        found_by: "finalizer",
        edits: &[("word", "        self.0.fetch_and(!UNFINALIZED, Ordering::Relaxed);\n", "")],
    },
    Bug {
        name: "finalizers_have_no_handle",
        found_by: "finalizer",
        edits: &[("word", "        self.0.fetch_add(ONE, Ordering::Relaxed);\n        self.0.fetch_and", "        self.0.fetch_and")],
    },
    Bug {
        name: "what_a_dead_finalizable_refers_to_is_condemned",
        found_by: "confirm: finalizer of a death",
        edits: &[(
            "collection",
            "                dead.finalize(object);
            }
            graph.hold(index);",
            "                dead.finalize(object);
                graph.hold(index);
            }",
        )],
    },
    Bug {
        name: "the_dead_are_revived_for_finalizers",
        found_by: "confirm: finalizer of the gone",
        edits: &[("word", "        if self.count() == 0 {
            return false;
        }
", "")],
    },
    Bug {
        name: "finalizers_are_forgotten",
        found_by: "finalizer",
        edits: &[("collection", "                dead.finalize(object);\n", "")],
    },
    // Generations.
    Bug {
        name: "survivors_of_young_collections_are_forgotten",
        found_by: "young: cycle through an old object",
        edits: &[("collection", "            object.leave_to_all();\n        }\n    }", "        }\n    }")],
    },
    Bug {
        name: "young_survivors_are_entered_without_a_drop",
        found_by: "young: walk",
        edits: &[("collection", "is_reachable && object.word().ask_again()", "is_reachable")],
    },
    Bug {
        name: "what_young_collections_examine_in_vain_is_entered_twice",
        found_by: "young: death",
        edits: &[("collection", "is_reachable && object.word().ask_again()", "is_reachable && (object.word().ask_again() || true)")],
    },
    Bug {
        name: "what_has_become_old_is_forgotten",
        found_by: "young: old meanwhile",
        edits: &[("collection", "        return object.leave_to_all();", "        return;")],
    },
    Bug {
        name: "what_has_become_old_is_accepted_as_well",
        found_by: "young: old meanwhile",
        edits: &[("collection", "        return object.leave_to_all();", "        object.leave_to_all();")],
    },
    // Looks of tools.
    Bug {
        name: "lists_are_taken_one_after_the_other",
        found_by: "deaths of a candidate",
        edits: &[
            (
                "collection",
                "    let mut lists: Vec<_> = candidates.into_iter().map(Candidates::take_all).collect();\n",
                "    let mut lists: Vec<crate::sync::protocol::candidates::Entries<O>> = Vec::new();
    for list in candidates {
        list.take_all().for_each(|object| accept(object, generation, &mut graph, dead));
    }\n",
            ),
            ("collection", "debug_assert!(graph", "debug_assert!(true || graph"),
        ],
    },
    Bug {
        name: "candidates_that_were_looked_at_are_none",
        found_by: "look: garbage meanwhile",
        edits: &[("look", "            if object.word().ask_again() {
                object.leave_to_all();
            }
", "")],
    },
    Bug {
        name: "a_look_enters_a_candidate_twice",
        found_by: "look: garbage meanwhile",
        edits: &[(
            "look",
            "            if object.word().ask_again() {
                object.leave_to_all();
            }",
            "            object.word().ask_again();
            object.leave_to_all();",
        )],
    },
    Bug {
        name: "a_look_does_not_look_at_marks",
        found_by: "look: walk round",
        edits: &[("word", "now & SUSPECT != 0 && now / DROP == observed.0 / DROP", "true")],
    },
    Bug {
        name: "a_look_looks_at_marks_alone",
        found_by: "look: drop and clone",
        edits: &[("word", "now & SUSPECT != 0 && now / DROP == observed.0 / DROP", "now & SUSPECT != 0")],
    },
];
