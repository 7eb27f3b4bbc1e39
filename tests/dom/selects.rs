//! A `<select>` shows in its `<selectedcontent>` the option that a browser would
//! select. Not asked of rcdom, which looks for the element in the wrong place.

use gcycle::{Gc, gc};

use crate::links::check_links;
use crate::oracle::written;
use crate::sink;
use crate::tree::{self, Node};

const BUTTON: &str = "<button><selectedcontent></selectedcontent></button>";

/// What the first `<selectedcontent>` of a page holds, as HTML.
fn shown_on(page: &str) -> String {
    let root = sink::parse(page).root;
    let is_place =
        |node: &Gc<Node>| node.as_element().is_some_and(|it| &*it.name.local == "selectedcontent");
    let place = tree::descendants(&root).find(is_place);
    written(&place.expect("the page has one"))
}

/// What a `<select>` with these options shows.
fn shown(options: &str) -> String {
    shown_on(&format!("<select>{BUTTON}{options}</select>"))
}

#[test]
fn the_first_option_is_shown_if_none_says_that_it_is_selected() {
    assert_eq!(shown("<option>1</option><option>2</option>"), "1");
    assert_eq!(shown("<optgroup><option>1</option></optgroup><option>2</option>"), "1");
    assert_eq!(shown("<option></option><option>2</option>"), "");
    assert_eq!(shown(""), "");
}

#[test]
fn an_option_that_says_that_it_is_selected_is_copied_with_all_it_holds() {
    let select = "<option>1</option><option selected><b>2<i>3</i></b>4</option><option>5</option>";
    assert_eq!(shown(select), "<b>2<i>3</i></b>4");
    let page = written(&sink::parse(&format!("<select>{BUTTON}{select}</select>")).root);
    assert!(page.contains("<option selected=\"\"><b>2<i>3</i></b>4</option>"), "{page}");
}

#[test]
fn the_last_of_several_selected_options_is_shown() {
    let options = "<option selected>1</option><option selected>2</option><option>3</option>";
    assert_eq!(shown(options), "2");
}

#[test]
fn options_that_end_without_an_end_tag_are_shown() {
    // From the tests of html5lib, which end everything without one.
    let select = "<select><button><selectedcontent></button>";
    assert_eq!(shown_on(&format!("{select}<option>X")), "X");
    let formatted = shown_on(&format!("{select}<option>x<i>i<b>ib</i>b"));
    assert_eq!(formatted, "x<i>i<b>ib</b></i><b>b</b>");
    assert_eq!(shown_on(&format!("{select}<option>X<option>Y")), "X");
    assert_eq!(shown_on(&format!("{select}<option>X<option selected>Y")), "Y");
    // Here the end of the select ends the option.
    assert_eq!(shown("<option>1<option selected><b>2"), "<b>2</b>");
}

#[test]
fn a_disabled_option_is_shown_only_if_it_says_that_it_is_selected() {
    assert_eq!(shown("<option disabled>1</option><option>2</option>"), "2");
    let group = "<optgroup disabled><div><option>1</option></div></optgroup><option>2</option>";
    assert_eq!(shown(group), "2");
    assert_eq!(shown("<option>1</option><option selected disabled>2</option>"), "2");
    assert_eq!(shown("<option disabled>1</option>"), "");
}

#[test]
fn a_select_of_several_rows_shows_no_option_by_itself() {
    let shown = |size: &str, option| {
        shown_on(&format!("<select size='{size}'>{BUTTON}{option}1</option></select>"))
    };
    for size in ["2", " +02 rows", "10", "99999999999999999999"] {
        assert_eq!(shown(size, "<option>"), "", "{size}");
        assert_eq!(shown(size, "<option selected>"), "1", "{size}");
    }
    for size in ["", "0", "1", "1.5", "01", "-2", "two"] {
        assert_eq!(shown(size, "<option>"), "1", "{size}");
    }
}

#[test]
fn a_select_of_several_choices_shows_none() {
    let select = format!("<select multiple>{BUTTON}<option selected>1</option></select>");
    assert_eq!(shown_on(&select), "");
}

#[test]
fn what_the_source_has_in_the_place_is_replaced_by_an_option() {
    let select = "<select><button><selectedcontent>old</selectedcontent></button>";
    assert_eq!(shown_on(&format!("{select}<option><b>1</b></option></select>")), "<b>1</b>");
    assert_eq!(shown_on(&format!("{select}<option disabled>1</option></select>")), "old");
}

#[test]
fn a_place_after_the_options_is_filled() {
    assert_eq!(shown_on(&format!("<select><option>1</option>{BUTTON}</select>")), "1");
}

#[test]
fn only_the_first_place_of_a_select_is_filled() {
    let page = written(&sink::parse(&format!("<select>{BUTTON}{BUTTON}<option>1")).root);
    assert!(page.contains(&format!("<selectedcontent>1</selectedcontent></button>{BUTTON}")));
}

#[test]
fn a_place_in_an_option_or_outside_of_a_select_stays_as_it_is() {
    let page = "<select><option>1<selectedcontent></selectedcontent></option></select>";
    assert_eq!(shown_on(page), "");
    assert_eq!(shown_on("<selectedcontent>1</selectedcontent><select><option>2</select>"), "1");
    let nested = format!("<svg><foreignObject><select>{BUTTON}<option>1</option></select>");
    assert_eq!(shown_on(&nested), "1");
    assert_eq!(shown_on(&format!("<select>{nested}")), "");
}

#[test]
fn an_option_of_another_select_is_not_shown() {
    let inner = "<svg><foreignObject><select><option>1</option></select></foreignObject></svg>";
    assert_eq!(shown(&format!("<div>{inner}</div><option>2</option>")), "2");
    assert_eq!(shown("<datalist><option>1</option></datalist><option>2</option>"), "2");
    let selects = format!("<select>{BUTTON}</select><select><option>1</option></select>");
    assert_eq!(shown_on(&selects), "");
}

#[test]
fn selects_in_templates_are_filled_and_what_templates_hold_is_copied() {
    let count = |page: &str| sink::parse(page).nodes;
    let select = |option: &str| format!("<select>{BUTTON}<option>{option}</option></select>");
    // The text, which is there twice.
    assert_eq!(count(&select("1")) - count(&select("")), 2);
    let page = |option: &str| format!("<template>{}</template>", select(option));
    assert_eq!(count(&page("1")) - count(&page("")), 2);
    // A template, its contents, and the text in them.
    assert_eq!(count(&select("<template>1</template>")) - count(&select("")), 6);
}

#[test]
fn the_nodes_of_a_copy_are_linked_and_counted_and_freed() {
    let page = format!("<select>{BUTTON}<option><b>1<i>2</i></b>3<!--4--></option></select>");
    let document = sink::parse(&page);
    check_links(&document.root);
    let nodes = tree::descendants(&document.root).count() + 1;
    assert_eq!((document.nodes, gc::memory().objects), (nodes, nodes));
    drop(document);
    gc::collect();
    assert_eq!(gc::memory().objects, 0);
}
