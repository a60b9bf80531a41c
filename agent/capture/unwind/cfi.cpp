// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/unwind/cfi.h"

#include "agent/capture/unwind/cfa_program.h"
#include "agent/capture/unwind/dwarf_reader.h"

namespace heaptap::capture {
namespace {

const std::uint8_t* pointerTo(std::uint64_t address) {
  return reinterpret_cast<const std::uint8_t*>(address);
}
std::uint64_t addressOf(const std::uint8_t* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// An entry (CIE or FDE) starts with its length. Returns a reader of what follows, limited to the entry;
// an empty one when the entry does not fit the section.
DwarfReader openEntry(const std::uint8_t* at, const std::uint8_t* sectionEnd) {
  DwarfReader reader(at, sectionEnd);
  std::uint64_t length = reader.fixed<std::uint32_t>();
  if (length == 0xFFFF'FFFF) length = reader.fixed<std::uint64_t>();
  if (reader.failed() || length > static_cast<std::uint64_t>(sectionEnd - reader.at())) return {at, at};
  return {reader.at(), reader.at() + length};
}

bool readCie(const std::uint8_t* at, const std::uint8_t* sectionEnd, FrameDescription& d) {
  DwarfReader reader = openEntry(at, sectionEnd);
  if (reader.atEnd() || reader.fixed<std::uint32_t>() != 0) return false;  // In .eh_frame, 0 marks a CIE.
  const auto version = reader.fixed<std::uint8_t>();
  if (version != 1 && version != 3 && version != 4) return false;
  const std::uint8_t* letter = reader.at();
  while (!reader.failed() && reader.fixed<std::uint8_t>() != 0) {
  }
  if (version == 4) reader.skip(2);  // Address size, segment selector size.
  d.codeAlign = reader.uleb();
  d.dataAlign = reader.sleb();
  d.returnAddressRegister =
      version == 1 ? reader.fixed<std::uint8_t>() : static_cast<std::uint32_t>(reader.uleb());
  if (reader.failed()) return false;
  if (*letter == 0) {
    d.initialProgram = reader;
    return true;
  }
  if (*letter != 'z') return false;  // Without a length, unknown data could not be skipped.
  const std::uint64_t dataBytes = reader.uleb();
  DwarfReader program = reader;
  program.skip(dataBytes);
  if (program.failed()) return false;
  d.initialProgram = program;
  d.hasAugmentationData = true;
  for (++letter; *letter != 0; ++letter) {
    if (*letter == 'R') {
      d.pointerEncoding = reader.fixed<std::uint8_t>();
    } else if (*letter == 'S') {
      d.signalFrame = true;
    } else if (*letter == 'L') {
      reader.skip(1);
    } else if (*letter == 'P') {
      reader.encoded(reader.fixed<std::uint8_t>() & 0x0F, 0);
    } else {
      break;
    }
  }
  return !reader.failed();
}

bool readFde(const std::uint8_t* at, const std::uint8_t* sectionStart, const std::uint8_t* sectionEnd,
             FrameDescription& d) {
  DwarfReader reader = openEntry(at, sectionEnd);
  if (reader.atEnd()) return false;
  const std::uint8_t* idField = reader.at();
  const auto cieDistance = reader.fixed<std::uint32_t>();
  if (cieDistance == 0 || cieDistance > static_cast<std::uint64_t>(idField - sectionStart)) return false;
  if (!readCie(idField - cieDistance, sectionEnd, d)) return false;
  d.codeStart = reader.encoded(d.pointerEncoding, 0);
  d.codeEnd = d.codeStart + reader.encoded(d.pointerEncoding & 0x0F, 0);
  if (d.hasAugmentationData) reader.skip(reader.uleb());
  d.program = reader;
  return !reader.failed();
}

// The header's sorted table of (function start, FDE), both as 32-bit offsets from the header itself: the
// one encoding that linkers write. Returns null when the table is of another kind or holds nothing <= pc.
const std::uint8_t* searchTable(const LoadedObject& object, DwarfReader& header, std::uint64_t count,
                                std::uint64_t pc) {
  struct TableEntry {
    std::int32_t start;
    std::int32_t fde;
  };
  const std::uint8_t* table = header.at();
  if (count == 0 || count > (object.end - addressOf(table)) / sizeof(TableEntry)) return nullptr;
  const auto entryAt = [table](std::uint64_t i) {
    TableEntry entry;
    std::memcpy(&entry, table + i * sizeof entry, sizeof entry);
    return entry;
  };
  const std::uint64_t base = addressOf(object.ehFrameHdr);
  const auto startOf = [&](std::uint64_t i) {
    return base + static_cast<std::uint64_t>(std::int64_t{entryAt(i).start});
  };
  std::uint64_t low = 0;
  std::uint64_t high = count;
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (startOf(middle) <= pc ? low : high) = middle;
  }
  if (startOf(low) > pc) return nullptr;
  const std::uint64_t fde = base + static_cast<std::uint64_t>(std::int64_t{entryAt(low).fde});
  return object.covers(fde) ? pointerTo(fde) : nullptr;
}

bool findDescription(const LoadedObject& object, std::uint64_t pc, FrameDescription& d) {
  if (object.ehFrameHdr == nullptr) return false;
  const std::uint8_t* end = pointerTo(object.end);
  DwarfReader header(object.ehFrameHdr, end);
  if (header.fixed<std::uint8_t>() != 1) return false;  // Version.
  const auto sectionEncoding = header.fixed<std::uint8_t>();
  const auto countEncoding = header.fixed<std::uint8_t>();
  const auto tableEncoding = header.fixed<std::uint8_t>();
  const std::uint64_t base = addressOf(object.ehFrameHdr);
  const std::uint64_t section = header.encoded(sectionEncoding, base);
  if (header.failed() || !object.covers(section)) return false;
  const std::uint8_t* sectionStart = pointerTo(section);

  constexpr std::uint8_t kUsualTable = pointer_encoding::kRelativeToData | pointer_encoding::kSdata4;
  if (countEncoding != pointer_encoding::kOmitted && tableEncoding == kUsualTable) {
    const std::uint64_t count = header.encoded(countEncoding, base);
    const std::uint8_t* fde = header.failed() ? nullptr : searchTable(object, header, count, pc);
    // One before its section would name a CIE at a distance that cannot be checked.
    return fde != nullptr && fde >= sectionStart && readFde(fde, sectionStart, end, d) && pc >= d.codeStart &&
           pc < d.codeEnd;
  }
  // No table: read the section from its start. A length of zero ends it.
  for (const std::uint8_t* at = sectionStart; at < end;) {
    const DwarfReader entry = openEntry(at, end);
    if (entry.atEnd()) return false;
    FrameDescription candidate;
    if (readFde(at, sectionStart, end, candidate) && pc >= candidate.codeStart && pc < candidate.codeEnd) {
      d = candidate;
      return true;
    }
    at = entry.end();
  }
  return false;
}

}  // namespace

bool findUnwindRow(const LoadedObject& object, std::uint64_t pc, CfiScratch& scratch, UnwindRow& row) {
  FrameDescription description;
  return findDescription(object, pc, description) && runCfaProgram(description, pc, scratch, row);
}

bool hasUnwindInformation(const LoadedObject& object, std::uint64_t pc) {
  FrameDescription description;
  return findDescription(object, pc, description);
}

}  // namespace heaptap::capture
