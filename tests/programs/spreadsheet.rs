//! A spreadsheet: cells depend on each other, also in circles, and formulas are trees that the
//! collector need not look at.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::iter::Peekable;
use std::str::Chars;

use gcycle::{ById, Gc, Trace, gc};

use super::{heap_stays_below, leaves_nothing};

#[derive(Trace)]
#[trace(acyclic)]
enum Formula {
    Empty,
    Number(f64),
    Reference(Gc<str>),
    Binary(Box<Formula>, char, Box<Formula>),
    Sum(Vec<Formula>),
}

/// Why a cell has no value.
#[derive(Clone, Debug, PartialEq, Trace)]
enum Trouble {
    Cycle(Vec<Gc<str>>),
    Syntax(String),
}

type Computed = Result<f64, Trouble>;

#[derive(Trace)]
struct Cell {
    name: Gc<str>,
    #[trace(acyclic)]
    formula: RefCell<Gc<Formula>>,
    /// The cells that the formula reads, and those whose formulas read this one.
    inputs: RefCell<Vec<Gc<Cell>>>,
    readers: RefCell<HashSet<ById<Cell>>>,
    /// The value, if it was computed since something changed.
    value: RefCell<Option<Computed>>,
}

#[derive(Trace, Default)]
struct Sheet {
    cells: RefCell<BTreeMap<Gc<str>, Gc<Cell>>>,
}

impl Sheet {
    fn cell(&self, name: &str) -> Gc<Cell> {
        if let Some(cell) = self.cells.borrow().get(name) {
            return cell.clone();
        }
        let cell = Gc::new(Cell {
            name: name.into(),
            formula: RefCell::new(Gc::new(Formula::Empty)),
            inputs: RefCell::default(),
            readers: RefCell::default(),
            value: RefCell::default(),
        });
        self.cells.borrow_mut().insert(cell.name.clone(), cell.clone());
        cell
    }

    fn set(&self, name: &str, text: &str) -> Result<(), Trouble> {
        let mut rest = text.chars().peekable();
        let formula = sum(&mut rest)?;
        if rest.next().is_some() {
            return Err(Trouble::Syntax(format!("{text}: it goes on where it should end")));
        }
        let mut names = Vec::new();
        formula.names(&mut names);
        let cell = self.cell(name);
        cell.forget();
        for input in cell.inputs.take() {
            input.readers.borrow_mut().remove(ById::from_ref(&cell));
        }
        let inputs: Vec<Gc<Cell>> = names.iter().map(|name| self.cell(name)).collect();
        for input in &inputs {
            input.readers.borrow_mut().insert(ById(cell.clone()));
        }
        *cell.inputs.borrow_mut() = inputs;
        *cell.formula.borrow_mut() = Gc::new(formula);
        Ok(())
    }

    fn get(&self, name: &str) -> Computed {
        self.cell(name).compute(&mut Vec::new())
    }
}

impl Cell {
    /// Forgets the value, and those of all cells that depend on it.
    fn forget(&self) {
        if self.value.take().is_some() {
            self.readers.borrow().iter().for_each(|reader| reader.forget());
        }
    }

    /// The value; `pending` are the cells that wait for it.
    fn compute(&self, pending: &mut Vec<Gc<str>>) -> Computed {
        if let Some(value) = &*self.value.borrow() {
            return value.clone();
        }
        pending.push(self.name.clone());
        let start = pending.iter().position(|name| *name == self.name).unwrap();
        let value = if start + 1 < pending.len() {
            Err(Trouble::Cycle(pending[start..].to_vec()))
        } else {
            self.formula.borrow().compute(&self.inputs.borrow(), pending)
        };
        pending.pop();
        *self.value.borrow_mut() = Some(value.clone());
        value
    }
}

impl Formula {
    fn names(&self, names: &mut Vec<Gc<str>>) {
        match self {
            Formula::Reference(name) => names.push(name.clone()),
            Formula::Binary(left, _, right) => {
                left.names(names);
                right.names(names);
            }
            Formula::Sum(all) => all.iter().for_each(|formula| formula.names(names)),
            Formula::Empty | Formula::Number(_) => {}
        }
    }

    fn compute(&self, inputs: &[Gc<Cell>], pending: &mut Vec<Gc<str>>) -> Computed {
        match self {
            Formula::Empty => Ok(0.0),
            Formula::Number(number) => Ok(*number),
            Formula::Reference(name) => {
                let input = inputs.iter().find(|input| input.name == *name);
                input.expect("names are inputs").compute(pending)
            }
            Formula::Binary(left, operator, right) => {
                let (left, right) =
                    (left.compute(inputs, pending)?, right.compute(inputs, pending)?);
                Ok(match operator {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    _ => left / right,
                })
            }
            Formula::Sum(all) => all.iter().map(|each| each.compute(inputs, pending)).sum(),
        }
    }
}

type Text<'a> = Peekable<Chars<'a>>;
type Parsed = Result<Formula, Trouble>;

/// Operands with operators between them, from the left to the right.
fn chain(text: &mut Text<'_>, operators: &str, operand: fn(&mut Text<'_>) -> Parsed) -> Parsed {
    let mut left = operand(text)?;
    while let Some(operator) = text.next_if(|next| operators.contains(*next)) {
        left = Formula::Binary(Box::new(left), operator, Box::new(operand(text)?));
    }
    Ok(left)
}

fn sum(text: &mut Text<'_>) -> Parsed {
    chain(text, "+-", |text| chain(text, "*/", operand))
}

fn operand(text: &mut Text<'_>) -> Parsed {
    let mut word = String::new();
    while let Some(next) = text.next_if(|next| next.is_alphanumeric() || *next == '.') {
        word.push(next);
    }
    if word == "SUM" && text.next_if_eq(&'(').is_some() {
        let mut all = vec![sum(text)?];
        while text.next_if_eq(&',').is_some() {
            all.push(sum(text)?);
        }
        return match text.next() {
            Some(')') => Ok(Formula::Sum(all)),
            _ => Err(Trouble::Syntax("SUM(..: there is no )".to_owned())),
        };
    }
    match word.chars().next() {
        Some(digit) if digit.is_ascii_digit() => word
            .parse()
            .map(Formula::Number)
            .map_err(|_| Trouble::Syntax(format!("{word} is no number"))),
        Some(_) => Ok(Formula::Reference(word.into())),
        None => Err(Trouble::Syntax("a number or a cell is missing".to_owned())),
    }
}

/// A sheet with these cells, as in `A=1 B=A+1`.
fn sheet(cells: &str) -> Gc<Sheet> {
    let sheet = Gc::<Sheet>::default();
    for cell in cells.split(' ') {
        let (name, formula) = cell.split_once('=').unwrap();
        sheet.set(name, formula).unwrap();
    }
    sheet
}

#[test]
fn cells_follow_the_cells_that_they_read() {
    leaves_nothing(|| {
        let sheet = sheet("C=A+B*2 A=1 B=A+2 D=SUM(A,B,C,10)");
        assert_eq!(sheet.get("C"), Ok(7.0));
        assert_eq!(sheet.get("D"), Ok(21.0));
        sheet.set("A", "3").unwrap();
        assert_eq!(sheet.get("D"), Ok(3.0 + 5.0 + 13.0 + 10.0));
        sheet.set("B", "C/C").unwrap();
        sheet.set("C", "A-1").unwrap();
        assert_eq!(sheet.get("B"), Ok(1.0));
    });
}

#[test]
fn a_cycle_is_named_and_can_be_broken() {
    leaves_nothing(|| {
        let sheet = sheet("A=B+1 B=C C=A D=B");
        let Err(Trouble::Cycle(names)) = sheet.get("D") else { panic!("there is a cycle") };
        let names: Vec<&str> = names.iter().map(|name| &**name).collect();
        assert_eq!(names, ["B", "C", "A", "B"]);
        sheet.set("C", "5").unwrap();
        assert_eq!(sheet.get("D"), Ok(5.0));
        sheet.set("A", "A").unwrap();
        assert!(matches!(sheet.get("A"), Err(Trouble::Cycle(names)) if names.len() == 2));
    });
}

#[test]
fn a_bad_formula_changes_nothing_and_is_named() {
    leaves_nothing(|| {
        let sheet = sheet("A=2");
        for (formula, message) in [
            ("1+", "a number or a cell is missing"),
            ("1.2.3", "1.2.3 is no number"),
            ("SUM(1,2", "SUM(..: there is no )"),
            ("1)2", "1)2: it goes on where it should end"),
        ] {
            assert_eq!(sheet.set("A", formula), Err(Trouble::Syntax(message.to_owned())));
        }
        assert_eq!(sheet.get("A"), Ok(2.0));
    });
}

#[test]
fn the_collector_looks_at_cells_and_not_at_formulas() {
    leaves_nothing(|| {
        let before = gc::memory().tracked;
        let sheet = sheet("A=SUM(B,C)*2 B=A C=1");
        assert_eq!(gc::memory().tracked - before, 4, "the sheet and three cells");
        assert!(!gc::is_tracked(&*sheet.cell("A").formula.borrow()));
    });
}

#[test]
fn the_heap_stays_flat_while_cells_come_and_go() {
    let sheet = sheet("A=1");
    heap_stays_below(20_000, 5_000, |round| {
        let (one, other) = (format!("B{round}"), format!("C{round}"));
        sheet.set(&one, &format!("{other}+A")).unwrap();
        sheet.set(&other, &one).unwrap();
        assert!(sheet.get(&one).is_err());
        sheet.cells.borrow_mut().retain(|name, _| **name == *"A");
        sheet.cell("A").readers.borrow_mut().clear();
        assert_eq!(sheet.get("A"), Ok(1.0));
    });
}
