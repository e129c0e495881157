/** A message of a socket whose times were published; its characters were not, and are made up. */
export const reportedWire = {
  chars: Array.from(' A reader left these words out of sight '),
  charStartTimesMs: [
    0, 46, 81, 139, 186, 209, 267, 313, 348, 430, 522, 580, 627, 673, 731, 766, 813, 836, 894, 964, 1010, 1068, 1138,
    1254, 1370, 1544, 1602, 1637, 1660, 1707, 1741, 1776, 1811, 1834, 1869, 1916, 1997, 2113, 2194, 2218,
  ],
  charDurationsMs: [
    46, 35, 58, 47, 23, 58, 46, 35, 82, 92, 58, 47, 46, 58, 35, 47, 23, 58, 70, 46, 58, 70, 116, 116, 174, 58, 35, 23,
    47, 34, 35, 35, 23, 35, 47, 81, 116, 81, 24, 243,
  ],
};
