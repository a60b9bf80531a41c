// SPDX-License-Identifier: Apache-2.0
#include "gui/views/flame_graph/flame_colours.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace heaptap::gui {
namespace {

using Rgb = std::array<double, 3>;

/// What people without red or without green cones see, in linear light (Machado, Oliveira and Fernandes,
/// "A physiologically-based model for simulation of color vision deficiency", 2009).
using Matrix = std::array<Rgb, 3>;
constexpr Matrix kAllCones{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
constexpr Matrix kNoRed{
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix kNoGreen{
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};

Rgb linear(const QColor& colour) {
  const auto one = [](double value) {
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return {one(colour.redF()), one(colour.greenF()), one(colour.blueF())};
}

Rgb times(const Matrix& matrix, const Rgb& colour) {
  Rgb result{};
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) result[i] += matrix[i][j] * colour[j];
  return result;
}

/// CIE L*a*b*, under D65.
Rgb lab(const Rgb& rgb) {
  constexpr Matrix kToXyz{{{0.4124564, 0.3575761, 0.1804375},
                           {0.2126729, 0.7151522, 0.0721750},
                           {0.0193339, 0.1191920, 0.9503041}}};
  constexpr Rgb kWhite{0.95047, 1, 1.08883};
  Rgb xyz = times(kToXyz, rgb);
  for (std::size_t i = 0; i < 3; ++i) {
    const double share = std::max(0.0, xyz[i] / kWhite[i]);
    xyz[i] = share > 0.008856 ? std::cbrt(share) : 7.787 * share + 16.0 / 116;
  }
  return {116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])};
}

double distance(const QColor& a, const QColor& b, const Matrix& eyes) {
  const Rgb one = lab(times(eyes, linear(a)));
  const Rgb other = lab(times(eyes, linear(b)));
  return std::hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

QPalette paletteOf(const QColor& base, const QColor& text) {
  QPalette palette;
  palette.setColor(QPalette::Base, base);
  palette.setColor(QPalette::Text, text);
  return palette;
}

FunctionLabel labelOf(CodeKind kind, const QString& module = "/bin/program") {
  FunctionLabel label;
  label.kind = kind;
  label.module = module;
  label.owner = QStringLiteral("owner %1").arg(static_cast<int>(kind));
  return label;
}

class FlameColoursOn : public testing::TestWithParam<QPalette> {
 protected:
  FlameColours colours{GetParam()};
};

TEST_P(FlameColoursOn, AnyTwoAreApartForAllEyes) {
  std::vector<QColor> all{colours.neutral()};
  for (const CodeKind kind :
       {CodeKind::Program, CodeKind::Allocation, CodeKind::CppRuntime, CodeKind::RustRuntime})
    all.push_back(colours.of(labelOf(kind)));
  for (const Matrix& eyes : {kAllCones, kNoRed, kNoGreen})
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t j = i + 1; j < all.size(); ++j)
        EXPECT_GT(distance(all[i], all[j], eyes), 10)
            << all[i].name().toStdString() << " " << all[j].name().toStdString();
}

TEST_P(FlameColoursOn, TextIsReadableOnEachOfThem) {
  std::vector<QColor> all{colours.neutral()};
  for (const CodeKind kind :
       {CodeKind::Program, CodeKind::Allocation, CodeKind::CppRuntime, CodeKind::RustRuntime})
    all.push_back(colours.of(labelOf(kind)));
  colours.setColouring(FlameColouring::Module);
  for (int i = 0; i < static_cast<int>(FlameColours::kModules); ++i) {
    const QString module = QStringLiteral("/lib/m%1.so").arg(i);
    colours.assign({{module, 1}});
    all.push_back(colours.of(labelOf(CodeKind::Program, module)));
  }
  const auto luminance = [](const QColor& of) {
    const Rgb rgb = linear(of);
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
  };
  for (const QColor& fill : all)
    for (const QColor& colour : {fill, colours.faded(fill)}) {
      const double a = luminance(colour);
      const double b = luminance(FlameColours::textOn(colour));
      EXPECT_GE((std::max(a, b) + 0.05) / (std::min(a, b) + 0.05), 4.5) << colour.name().toStdString();
    }
}

TEST_P(FlameColoursOn, TheWidestModulesHaveColoursOfTheirOwnAndKeepThem) {
  colours.setColouring(FlameColouring::Module);
  QHash<QString, double> widths;
  for (int i = 0; i < 20; ++i) widths[QStringLiteral("/lib/m%1.so").arg(i)] = 100 - i;
  colours.assign(widths);
  const QColor first = colours.of(labelOf(CodeKind::Program, "/lib/m0.so"));
  EXPECT_NE(first, colours.neutral());
  EXPECT_NE(first, colours.of(labelOf(CodeKind::Program, "/lib/m1.so")));
  EXPECT_EQ(colours.of(labelOf(CodeKind::Program, "/lib/m19.so")), colours.neutral());
  colours.assign({{"/lib/m19.so", 1'000}});
  EXPECT_EQ(colours.of(labelOf(CodeKind::Program, "/lib/m0.so")), first);
}

INSTANTIATE_TEST_SUITE_P(Themes, FlameColoursOn,
                         testing::Values(paletteOf(Qt::white, Qt::black),
                                         paletteOf(QColor(0x1E, 0x1E, 0x1E), QColor(0xE6, 0xE6, 0xE6))),
                         [](const testing::TestParamInfo<QPalette>& theme) {
                           return theme.param.color(QPalette::Base) == QColor(Qt::white) ? "Light" : "Dark";
                         });

TEST(FlameColoursOfChange, AreDeeperTheMoreHasChangedAndApartForAllEyes) {
  for (const auto& [base, text] : {std::pair(QColor(Qt::white), QColor(Qt::black)),
                                   std::pair(QColor(0x20, 0x22, 0x26), QColor(Qt::white))}) {
    const FlameColours colours(paletteOf(base, text));
    EXPECT_EQ(colours.ofChange(100, 100), colours.neutral());
    for (const Matrix& eyes : {kAllCones, kNoRed, kNoGreen}) {
      EXPECT_GT(distance(colours.ofChange(0, 100), colours.ofChange(100, 0), eyes), 25);
      EXPECT_GT(distance(colours.ofChange(0, 100), colours.neutral(), eyes), 15);
      EXPECT_GT(distance(colours.ofChange(0, 100), colours.neutral(), eyes),
                distance(colours.ofChange(90, 100), colours.neutral(), eyes));
    }
    EXPECT_EQ(colours.legendOfChange().size(), 3U);
  }
}

}  // namespace
}  // namespace heaptap::gui
