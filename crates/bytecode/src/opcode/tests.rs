//! The table against what CPython's `_opcode` says: `recorded.txt` has, per opcode, its number, name, `has_*` answers
//! and `stack_effect` over several operands, each for jump True, False and None.

use super::*;

const OPARGS: [u32; 8] = [0, 1, 2, 3, 7, 255, 256, 1000];

#[test]
fn as_recorded() {
    let mut seen = 0;
    for line in include_str!("recorded.txt").lines() {
        let mut fields = line.split(' ');
        let number: u16 = fields.next().unwrap().parse().unwrap();
        let opcode = Opcode::from_u16(number).expect(line);
        assert_eq!(opcode as u16, number);
        assert_eq!(opcode.name(), fields.next().unwrap());
        assert_eq!(Opcode::from_name(opcode.name()), Some(opcode));
        let has = [
            (opcode.has_arg(), 'a'),
            (opcode.has_const(), 'c'),
            (opcode.has_name(), 'n'),
            (opcode.has_jump(), 'j'),
            (opcode.has_free(), 'f'),
            (opcode.has_local(), 'l'),
            (opcode.is_block_push(), 'x'),
        ];
        let flags: String = has.iter().map(|&(has, letter)| if has { letter } else { '.' }).collect();
        assert_eq!(flags, fields.next().unwrap(), "{line}");
        for (&oparg, expected) in OPARGS.iter().zip(fields) {
            let effects = [Some(true), Some(false), None].map(|jump| {
                opcode.stack_effect(oparg, jump).map_or("-".to_owned(), |effect| effect.to_string())
            });
            assert_eq!(effects.join(","), expected, "{opcode} {oparg}");
        }
        seen += 1;
    }
    assert_eq!(seen, Opcode::ALL.len());
}

#[test]
fn families() {
    let names = |opcode: Opcode| opcode.specializations().map(Opcode::name).collect::<Vec<_>>().join(" ");
    assert_eq!(names(Opcode::CONTAINS_OP), "CONTAINS_OP_SET CONTAINS_OP_DICT");
    assert_eq!(names(Opcode::LOAD_GLOBAL), "LOAD_GLOBAL_MODULE LOAD_GLOBAL_BUILTIN");
    assert_eq!(names(Opcode::NOP), "");
    for opcode in Opcode::ALL {
        assert_eq!(opcode.caches(), opcode.deopt().caches(), "{opcode}");
        assert_eq!(opcode.caches(), opcode.uninstrumented().caches(), "{opcode}");
    }
    assert_eq!(Opcode::INSTRUMENTED_CALL.uninstrumented(), Opcode::CALL);
}
