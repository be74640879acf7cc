//! A short stand-in for a long text: its length and two checksums, as `oracle.py` has them from `zlib`.

pub fn digest(text: &[u8]) -> String {
    format!("{} {:08x} {:08x}", text.len(), crc32(text), adler32(text))
}

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 != 0 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
}

fn crc32(data: &[u8]) -> u32 {
    const TABLE: [u32; 256] = crc_table();
    !data.iter().fold(!0, |crc, &byte| TABLE[(crc as u8 ^ byte) as usize] ^ crc >> 8)
}

fn adler32(data: &[u8]) -> u32 {
    let (mut low, mut high) = (1u32, 0u32);
    // No sum overflows within so many bytes.
    for chunk in data.chunks(5000) {
        for &byte in chunk {
            low += byte as u32;
            high += low;
        }
        low %= 65521;
        high %= 65521;
    }
    high << 16 | low
}

#[test]
fn known_digest() {
    assert_eq!(digest(b"hello world"), "11 0d4a1185 1a0b045d");
}
